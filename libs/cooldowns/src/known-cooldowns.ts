import type { Deployment } from '@signalbox/contracts';
import type { CooldownPhase } from '@signalbox/routing';
import { memoryMs, type CooldownStore } from './cooldown-store.js';

const refreshMs = 1_000;

interface KnownCooldown {
  readonly reason: string;
  /** By this process's own clock. */
  readonly endsAt: number;
}

export interface KnownCooldownsOptions {
  readonly store: Pick<CooldownStore, 'read'>;
  /** Asked anew each time the store is read. */
  readonly deploymentIds: () => readonly string[];
  /** Told once when the store can no longer be read, with the cause, and once when it can again. */
  readonly onStore?: (state: 'away' | 'back', cause?: unknown) => void;
  /** A clock that only moves forward, milliseconds. */
  readonly now?: () => number;
}

/**
 * The cooldowns as this process knows them: read beside the decisions, every second and whenever somebody says that
 * they changed; a decision only looks here. While the store is away what was known runs out by itself, and without
 * probation: nobody could tell the others how a probe went.
 */
export class KnownCooldowns {
  readonly #options: KnownCooldownsOptions;
  readonly #now: () => number;
  #known: ReadonlyMap<string, KnownCooldown> = new Map();
  #isAway = false;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(options: KnownCooldownsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** How a deployment stands; undefined: in full service. Costs nothing while none cools. */
  readonly phaseOf = ({ id }: Pick<Deployment, 'id'>): CooldownPhase | undefined => {
    if (this.#known.size === 0) return undefined;
    const known = this.#known.get(id);
    if (known === undefined) return undefined;
    const leftMs = Math.ceil(known.endsAt - this.#now());
    if (leftMs > 0) return { phase: 'cooling', retryAfterMs: leftMs, reason: known.reason };
    return this.#isAway || leftMs + memoryMs <= 0 ? undefined : { phase: 'probation' };
  };

  /** Reads what is known, then goes on reading once a second. Returns what ends that. */
  async follow(): Promise<() => Promise<void>> {
    await this.refresh();
    const timer = setInterval(() => {
      if (this.#reading === undefined) void this.refresh();
    }, refreshMs);
    return async () => {
      clearInterval(timer);
      await this.#reading;
    };
  }

  /** Reads the store; what changed before this call is known when it resolves. Never rejects. */
  refresh(): Promise<void> {
    this.#readAgain = true;
    return (this.#reading ??= this.#readAll());
  }

  async #readAll(): Promise<void> {
    const { store, deploymentIds } = this.#options;
    while (this.#readAgain) {
      this.#readAgain = false;
      try {
        const cooldowns = await store.read(deploymentIds());
        const now = this.#now();
        this.#known = new Map(
          cooldowns.map(({ deploymentId, reason, leftMs }) => [
            deploymentId,
            { reason, endsAt: now + leftMs },
          ]),
        );
        this.#note('back');
      } catch (error) {
        this.#note('away', error);
      }
    }
    this.#reading = undefined;
  }

  #note(state: 'away' | 'back', cause?: unknown): void {
    if (this.#isAway === (state === 'away')) return;
    this.#isAway = state === 'away';
    this.#options.onStore?.(state, cause);
  }
}
