import type { CooldownFailure, CooldownSignal, CooldownState } from '@signalbox/routing';
import { cellMs, memoryMs } from './cooldown-store.js';

interface Cell {
  readonly number: number;
  requests: number;
  readonly failures: Partial<Record<CooldownFailure, number>>;
}

/** Attempts of one deployment in the last minute. */
export class AttemptCounts {
  private cells: Cell[] = [];

  add(signal: CooldownSignal, now: number): void {
    const number = Math.floor(now / cellMs);
    let cell = this.cells.at(-1);
    if (cell?.number !== number) this.cells.push((cell = { number, requests: 0, failures: {} }));
    cell.requests += 1;
    if (signal !== 'answered') cell.failures[signal] = (cell.failures[signal] ?? 0) + 1;
  }

  /** The sums of the last minute; what is older is dropped. */
  sums(now: number): Pick<CooldownState, 'requests' | 'failures'> {
    const oldest = Math.floor(now / cellMs) - memoryMs / cellMs;
    this.cells = this.cells.filter(({ number }) => number >= oldest);
    let requests = 0;
    const failures: Partial<Record<CooldownFailure, number>> = {};
    for (const cell of this.cells) {
      requests += cell.requests;
      for (const [kind, count] of Object.entries(cell.failures) as [CooldownFailure, number][]) {
        failures[kind] = (failures[kind] ?? 0) + count;
      }
    }
    return { requests, failures };
  }
}
