/** Counts pieces of work that have begun and not ended, so that a shutdown can wait for them. */
export class InFlight {
  private running = 0;
  private readonly waiters = new Set<() => void>();

  get count(): number {
    return this.running;
  }

  /** Runs the work and counts it while it lasts. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      if (this.running === 0) this.wake();
    }
  }

  /** Resolves as soon as nothing runs. */
  idle(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.add(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiters) resolve();
    this.waiters.clear();
  }
}
