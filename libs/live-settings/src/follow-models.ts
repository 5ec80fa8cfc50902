import type { Environment } from '@signalbox/config';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { LiveSettings } from './live-settings.js';
import { ModelSeal } from './model-seal.js';
import { StoredModels } from './stored-models.js';

/** Ours, then LiteLLM's. */
const keyVariables = ['SIGNALBOX_SALT_KEY', 'LITELLM_SALT_KEY'] as const;

/** Models that are added while the process runs. */
export interface FollowedModels {
  readonly seal: ModelSeal;
  /** Whether they have been read at all; until then this process does not know what others know. */
  readonly isKnown: boolean;
  /** Puts in force what was changed before this call. Never rejects. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** Adds the stored models to the settings, and follows them; undefined without a key to open them with. */
export async function followModels<Derived>(options: {
  readonly bus: Bus;
  readonly settings: LiveSettings<Derived>;
  readonly environment: Environment;
  readonly logger: Logger;
}): Promise<FollowedModels | undefined> {
  const { bus, settings, environment, logger } = options;
  const words = keyVariables
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== '');
  if (words === undefined) return undefined;
  const seal = new ModelSeal(words);
  const models = await StoredModels.follow({
    bus,
    seal,
    logger,
    onModels: (added) => settings.addModels(added),
  });
  return {
    seal,
    get isKnown() {
      return models.isKnown;
    },
    refresh: () => models.refresh(),
    stop: () => models.stop(),
  };
}
