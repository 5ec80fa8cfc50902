import { StackFailure } from '../stack-failure.js';

/** What has to be undone at the end, last first. What is added after the end is undone at once. */
export class Cleanups {
  private readonly waiting: (() => unknown)[] = [];
  private hasEnded = false;

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  async add(undo: () => unknown): Promise<void> {
    if (this.hasEnded) await undo();
    else this.waiting.push(undo);
  }

  /** For work in several steps: the end came in between. */
  throwIfEnded(): void {
    if (this.hasEnded) throw new StackFailure('Interrupted.');
  }

  /** Undoes everything; one that fails does not keep the others from running. */
  async run(): Promise<void> {
    this.hasEnded = true;
    for (let undo = this.waiting.pop(); undo !== undefined; undo = this.waiting.pop()) {
      try {
        await undo();
      } catch {
        // What could not be stopped in order is ended by the process guard.
      }
    }
  }
}
