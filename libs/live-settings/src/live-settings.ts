import {
  Current,
  formatConfigNotes,
  withAddedModels,
  withoutFixed,
  type AddedModel,
  type Environment,
  type Settings,
} from '@signalbox/config';
import { counter, startMetrics, stopMisconfigured, type Logger } from '@signalbox/platform';
import { followFile } from './follow-file.js';
import { readSettings } from './read-settings.js';

export interface LiveSettingsOptions<Derived> {
  /** Path of config.yaml. */
  readonly configPath: string;
  /** What `os.environ/NAME` refers to. */
  readonly environment: Environment;
  /** Makes of a configuration what the process works with; one that rejects is not put in force. */
  readonly derive: (settings: Settings) => Derived | Promise<Derived>;
  readonly logger: Logger;
  /** How often the file is looked at, milliseconds. */
  readonly everyMs?: number;
}

/** The configuration of a running process. */
export interface LiveSettings<Derived> {
  /** As the process started; `general_settings` and where Redis is stay so. */
  readonly atStart: Settings;
  /** What was made of the configuration in force; replaced as a whole. */
  readonly inForce: Current<Derived>;
  /** Reads the file again, whether it changed or not. Never rejects: a file that is no good leaves all as it is. */
  reload(): Promise<void>;
  /** Puts these models in force behind those of the file, instead of the ones added before. Never rejects. */
  addModels(models: readonly AddedModel[]): Promise<void>;
  /** Follows the file no more. */
  close(): Promise<void>;
}

/**
 * Reads config.yaml, or ends the process with what is wrong in it, and follows it from then on: a changed file is
 * checked like the first one and put in force as a whole, or not at all. SIGHUP has it read at once.
 */
export async function startLiveSettings<Derived>(
  options: LiveSettingsOptions<Derived>,
): Promise<LiveSettings<Derived>> {
  const { configPath, environment, derive, logger, everyMs } = options;
  const read = await readSettings(configPath, environment);
  if (!read.ok) return stopMisconfigured(read.problem);
  if (read.warnings !== '') logger.warn(`the configuration has warnings:\n${read.warnings}`);
  const changes = new SettingsChanges(options, read.settings, await derive(read.settings));
  const reload = (): Promise<void> => changes.reload();
  const onHangUp = (): void => void reload();
  process.on('SIGHUP', onHangUp);
  const following = await followFile({ path: configPath, onChange: reload, ...(everyMs && { everyMs }) });
  return {
    atStart: read.settings,
    inForce: changes.inForce,
    reload,
    addModels: (models) => changes.add(models),
    close: async () => {
      process.off('SIGHUP', onHangUp);
      await following.stop();
    },
  };
}

/** Takes one change after the other. */
class SettingsChanges<Derived> {
  readonly inForce: Current<Derived>;
  private readonly reloads = counter('signalbox_config_reload', 'Changes of the configuration, by result.');
  private added: readonly AddedModel[] = [];
  private catalogVersion: string;
  private last = Promise.resolve();

  constructor(
    private readonly options: LiveSettingsOptions<Derived>,
    /** Of the file, without what was added to it. */
    private file: Settings,
    derived: Derived,
  ) {
    this.inForce = new Current(derived);
    this.catalogVersion = file.catalog.version;
    tellVersion(() => this.catalogVersion);
  }

  reload(): Promise<void> {
    return this.next(() => this.takeFile());
  }

  add(models: readonly AddedModel[]): Promise<void> {
    return this.next(async () => {
      this.added = models;
      await this.putInForce(this.file);
      this.options.logger.info(
        { ...this.facts(), addedModels: models.length },
        'added models were read again',
      );
    });
  }

  private next(change: () => Promise<void>): Promise<void> {
    return (this.last = this.last.then(change).catch((error: unknown) => {
      this.refuse(error instanceof Error ? error.message : String(error));
    }));
  }

  private async takeFile(): Promise<void> {
    const { configPath, environment, logger } = this.options;
    const read = await readSettings(configPath, environment);
    if (!read.ok) throw new Error(read.problem);
    const { settings, waiting } = withoutFixed(this.file, read.settings);
    await this.putInForce(settings);
    this.reloads.add(1, { result: 'success' });
    logger.info(this.facts(), 'the configuration was read again');
    if (read.warnings !== '') logger.warn(`the configuration has warnings:\n${read.warnings}`);
    if (waiting.length > 0) {
      logger.warn(
        { settings: waiting },
        'changed settings that are taken up at the start only: restart for them',
      );
    }
  }

  private async putInForce(file: Settings): Promise<void> {
    const { settings, leftOut } = withAddedModels(file, this.added);
    for (const { id, faults } of leftOut) {
      const reason = formatConfigNotes(faults);
      this.options.logger.error({ modelId: id, reason }, 'an added model is left out');
    }
    const derived = await this.options.derive(settings);
    this.file = file;
    this.catalogVersion = settings.catalog.version;
    this.inForce.replace(derived);
  }

  private refuse(problem: string): void {
    this.reloads.add(1, { result: 'failure' });
    this.options.logger.error(
      this.facts(),
      `the changed configuration is no good, the one before stays in force:\n${problem}`,
    );
  }

  private facts(): object {
    return { catalogVersion: this.catalogVersion };
  }
}

/** A series that is no longer told of keeps its last value: what was in force is told as 0. */
function tellVersion(read: () => string): void {
  const toldOf = new Set<string>();
  startMetrics()
    .getMeter('signalbox')
    .createObservableGauge('signalbox_config_version', {
      description: '1 for the version of the configuration in force.',
    })
    .addCallback((result) => {
      const inForce = read();
      toldOf.add(inForce);
      for (const version of toldOf) result.observe(version === inForce ? 1 : 0, { version });
    });
}
