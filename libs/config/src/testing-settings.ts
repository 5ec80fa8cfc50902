// Short ways to a loaded configuration, for the specs of this lib.
import type { Deployment } from '@signalbox/contracts';
import { formatConfigNotes, loadConfig, type Environment, type Settings } from './index.js';

export function settingsOf(text: string, environment: Environment = {}): Settings {
  const loaded = loadConfig(text, { environment });
  if (!loaded.ok) throw new Error(formatConfigNotes(loaded.faults));
  return loaded.settings;
}

/** The deployments of a `model_list` written as flow mappings, one a line. */
export function deploymentsOf(
  entries: readonly string[],
  environment: Environment = {},
): readonly Deployment[] {
  return settingsOf(`model_list:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`, environment).catalog
    .deployments;
}

export function oneDeployment(params: string, more = '', environment: Environment = {}): Deployment {
  const [deployment] = deploymentsOf(
    [`{model_name: m, litellm_params: {api_key: k, ${params}}${more}}`],
    environment,
  );
  if (deployment === undefined) throw new Error('no deployment');
  return deployment;
}
