import type { AnswerClient } from './answer-client.js';

/** The waits of calls before they try again; all of them end when the process is about to. */
export class RetryWaits {
  private readonly waiting = new Set<() => void>();
  private isStopped = false;

  /** Calls that wait now. */
  get count(): number {
    return this.waiting.size;
  }

  /** Resolves with true after so many milliseconds, with false as soon as the client hangs up or `stop` is called. */
  wait(milliseconds: number, client: Pick<AnswerClient, 'gone' | 'onGone'>): Promise<boolean> {
    if (this.isStopped || client.gone) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isOver: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(cancel);
        resolve(isOver);
      };
      const cancel = (): void => {
        end(false);
      };
      const timer = setTimeout(end, milliseconds, true);
      this.waiting.add(cancel);
      client.onGone(cancel);
    });
  }

  /** Ends all waits, and those to come: calls answer with what they have. */
  stop(): void {
    this.isStopped = true;
    for (const cancel of this.waiting) cancel();
  }
}
