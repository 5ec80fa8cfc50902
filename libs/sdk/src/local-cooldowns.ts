import type { Deployment, UsageRecord } from '@signalbox/contracts';
import {
  endedAttempt,
  KnownCooldowns,
  recordAttempts,
  type CooldownChange,
  type CooldownPolicy,
  type CooldownStore,
  type EndedAttempt,
} from '@signalbox/cooldowns';
import type { CooldownPhase } from '@signalbox/routing';
import { Outbox } from './outbox.js';
import type { RouterLogger } from './router-options.js';

export interface LocalCooldownsOptions {
  readonly store: CooldownStore;
  /** Whether others begin and end cooldowns there too. */
  readonly shared: boolean;
  readonly policy: CooldownPolicy;
  readonly logger: RouterLogger;
}

/** Judges the attempts of this process, and knows the cooldowns of all that share the store. */
export class LocalCooldowns {
  private readonly known: KnownCooldowns;
  private readonly ended: Outbox<EndedAttempt>;
  private stopFollowing: () => Promise<void> = () => Promise.resolve();

  private constructor(private readonly options: LocalCooldownsOptions) {
    const { store, policy } = options;
    const deploymentIds = [...policy.subjects.keys()];
    this.known = new KnownCooldowns({ store, deploymentIds: () => deploymentIds });
    this.ended = new Outbox((attempts) => this.judge(attempts));
  }

  /** Resolves when what others know has been heard, or could not be. */
  static async start(options: LocalCooldownsOptions): Promise<LocalCooldowns> {
    const cooldowns = new LocalCooldowns(options);
    if (options.shared) cooldowns.stopFollowing = await cooldowns.known.follow();
    return cooldowns;
  }

  readonly phaseOf = (deployment: Deployment): CooldownPhase | undefined => this.known.phaseOf(deployment);

  /** Takes note of an attempt that is over; never throws and never waits. */
  note(record: UsageRecord): void {
    const ended = endedAttempt(record);
    if (ended !== undefined) this.ended.add(ended);
  }

  async close(): Promise<void> {
    await this.ended.flush();
    await this.stopFollowing();
  }

  private async judge(attempts: readonly EndedAttempt[]): Promise<boolean> {
    const { store, policy, logger } = this.options;
    try {
      const changes = await recordAttempts(store, policy, attempts);
      for (const change of changes) tell(change, logger);
      if (changes.length > 0) await this.known.refresh();
    } catch (error) {
      // They are not kept: when the store is back they are old.
      logger.warn({ error }, 'attempts could not be judged: no cooldown begins');
    }
    return true;
  }
}

function tell({ effect, ...change }: CooldownChange, logger: RouterLogger): void {
  if (effect === 'restored') logger.info(change, 'a deployment is back in service: its probe was answered');
  else logger.warn(change, 'a deployment failed and is left alone for a while');
}
