import { StackFailure } from '../stack-failure.js';

/** What has to be undone at the end, last first. What is added after the end is undone at once. */
export class Cleanups {
  private readonly waiting: (() => unknown)[] = [];
  private readonly ending = new AbortController();

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Aborts what is being started when the end comes. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  async add(undo: () => unknown): Promise<void> {
    if (this.signal.aborted) await undo();
    else this.waiting.push(undo);
  }

  /** For work in several steps: the end came in between. */
  throwIfEnded(): void {
    if (this.signal.aborted) throw new StackFailure('Interrupted.');
  }

  /** No further step; what is under way is told to give up. */
  end(): void {
    this.ending.abort();
  }

  /** Undoes everything; one that fails does not keep the others from running. */
  async run(): Promise<void> {
    this.end();
    for (let undo = this.waiting.pop(); undo !== undefined; undo = this.waiting.pop()) {
      try {
        await undo();
      } catch {
        // What could not be stopped in order is ended by the process guard.
      }
    }
  }
}
