import { DegradingLimitStore, type DegradingLimitStoreOptions } from '../degrading-limit-store.js';
import { MemoryLimitStore } from '../memory-limit-store.js';
import { FragileStore } from './fragile-store.js';
import { TestClock } from './implementations.js';

/** A shared store that comes and goes, and the stores that stand before it; time passes only when told. */
export class Outage {
  readonly clock = new TestClock();
  readonly primary = new FragileStore(new MemoryLimitStore({ now: this.clock.now, random: () => 0 }));
  /** What the stores have planned. */
  readonly tasks: (() => void)[] = [];
  /** What the stores have told of themselves. */
  readonly changes: string[] = [];

  aStore(words: Partial<DegradingLimitStoreOptions> = {}): DegradingLimitStore {
    return new DegradingLimitStore({
      primary: this.primary,
      whenAway: 'local_share',
      share: () => ({ place: 0, of: 2 }),
      onChange: (limits) => this.changes.push(limits),
      now: this.clock.now,
      random: () => 0,
      schedule: (task) => {
        this.tasks.push(task);
        return () => {
          const index = this.tasks.indexOf(task);
          if (index !== -1) this.tasks.splice(index, 1);
        };
      },
      ...words,
    });
  }

  /** Lets the stores do what they have planned, e.g. try the shared one again. */
  async later(): Promise<void> {
    for (const task of this.tasks.splice(0)) task();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
