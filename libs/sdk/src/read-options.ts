import { readConfig, type ConfigNote, type Settings } from '@signalbox/config';
import { RouterOptionsError, type OptionFault } from './router-options-error.js';
import type { RouterOptions } from './router-options.js';

/**
 * Reads the options of a router by the rules by which the services read their `config.yaml`.
 * @throws RouterOptionsError with all that is wrong.
 */
export function readOptions(options: RouterOptions): { settings: Settings; warnings: OptionFault[] } {
  const { modelList, environment = {}, instances, ...rest } = options;
  const written = {
    model_list: modelList,
    router_settings: {
      // Nobody counts the processes that use the library, so none knows its share unless it is told.
      limits_without_redis: instances === undefined ? 'refuse' : 'local_share',
      ...inSnakeCase({ ...rest, logger: undefined, onUsage: undefined }),
    },
  };
  const read = readConfig(written, { environment });
  const faults = [...(read.ok ? [] : read.faults.map(asOption)), ...instanceFaults(options)];
  if (!read.ok || faults.length > 0) throw new RouterOptionsError(faults);
  return { settings: read.settings, warnings: read.warnings.map(asOption) };
}

function instanceFaults({ instances, limitsWithoutRedis }: RouterOptions): OptionFault[] {
  if (instances === undefined && limitsWithoutRedis === 'local_share') {
    return [{ path: 'limitsWithoutRedis', reason: '"local_share" needs instances: of how many it is one' }];
  }
  const isCount = instances === undefined || (Number.isSafeInteger(instances) && instances > 0);
  return isCount ? [] : [{ path: 'instances', reason: 'must be a whole number of at least 1' }];
}

function inSnakeCase(settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

/** A note about the file that was never written, in the words of the options. */
function asOption({ path, reason }: ConfigNote): OptionFault {
  const [, setting] = /^router_settings\.(.+)/.exec(path) ?? [];
  const written = setting ?? path;
  const name = /^[a-z_]+/.exec(written)?.[0] ?? '';
  return { path: inCamelCase(name) + written.slice(name.length), reason };
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
