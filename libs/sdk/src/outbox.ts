/** More are not kept; the oldest go first. */
const capacity = 10_000;
/** Handed over in one step, which others wait for. */
const perStep = 200;

/**
 * Hands items over beside the calls: those of one turn of the event loop together, one batch after the other. What
 * could not be taken waits for the next item, or for `flush`.
 */
export class Outbox<Item> {
  private waiting: Item[] = [];
  private handingOver: Promise<void> | undefined;
  private isBooked = false;

  /** @param take resolves with whether the items were taken; never rejects. */
  constructor(private readonly take: (items: readonly Item[]) => Promise<boolean>) {}

  /** Never throws and never waits. */
  add(item: Item): void {
    this.waiting.push(item);
    if (this.waiting.length > capacity) this.waiting.shift();
    if (this.isBooked) return;
    this.isBooked = true;
    setImmediate(() => {
      this.isBooked = false;
      void this.flush();
    });
  }

  /** Resolves when everything is taken, or something could not be. */
  flush(): Promise<void> {
    this.handingOver ??= this.handOver().finally(() => {
      this.handingOver = undefined;
    });
    return this.handingOver;
  }

  private async handOver(): Promise<void> {
    while (this.waiting.length > 0) {
      const some = this.waiting.splice(0, perStep);
      if (await this.take(some)) continue;
      this.waiting.unshift(...some);
      return;
    }
  }
}
