import { Current, withoutFixed, type Environment, type Settings } from '@signalbox/config';
import { counter, readSettings, startMetrics, stopMisconfigured, type Logger } from '@signalbox/platform';
import { followFile } from './follow-file.js';

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
  private last = Promise.resolve();

  constructor(
    private readonly options: LiveSettingsOptions<Derived>,
    private settings: Settings,
    derived: Derived,
  ) {
    this.inForce = new Current(derived);
    tellVersion(() => this.settings.catalog.version);
  }

  reload(): Promise<void> {
    return (this.last = this.last.then(() => this.take()));
  }

  private async take(): Promise<void> {
    const { configPath, environment, derive, logger } = this.options;
    const read = await readSettings(configPath, environment);
    if (!read.ok) return this.refuse(read.problem);
    const { settings, waiting } = withoutFixed(this.settings, read.settings);
    try {
      const derived = await derive(settings);
      this.settings = settings;
      this.inForce.replace(derived);
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : String(error));
    }
    this.reloads.add(1, { result: 'success' });
    const { version: catalogVersion, deployments } = settings.catalog;
    logger.info({ catalogVersion, deployments: deployments.length }, 'the configuration was read again');
    if (read.warnings !== '') logger.warn(`the configuration has warnings:\n${read.warnings}`);
    if (waiting.length > 0) {
      logger.warn(
        { settings: waiting },
        'changed settings that are taken up at the start only: restart for them',
      );
    }
  }

  private refuse(problem: string): void {
    this.reloads.add(1, { result: 'failure' });
    this.options.logger.error(
      { catalogVersion: this.settings.catalog.version },
      `the changed configuration is no good, the one before stays in force:\n${problem}`,
    );
  }
}

function tellVersion(read: () => string): void {
  startMetrics()
    .getMeter('signalbox')
    .createObservableGauge('signalbox_config_version', {
      description: '1 for the version of the configuration in force.',
    })
    .addCallback((result) => {
      result.observe(1, { version: read() });
    });
}
