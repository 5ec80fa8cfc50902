import { formatConfigNotes } from '@signalbox/config';
import { StackFailure } from '../stack-failure.js';
import type { Terminal } from '../terminal.js';
import { coverageText } from './coverage-text.js';
import { readConfig, shortPath } from './read-config.js';

/** `npm run config:check`: all faults and warnings of a configuration file, and where its models can serve. Returns the exit code. */
export async function checkConfig(configFile: string, terminal: Terminal): Promise<number> {
  try {
    const { settings, warnings } = await readConfig(configFile, process.env);
    if (warnings.length > 0) terminal.print(`Warnings:\n${formatConfigNotes(warnings)}`);
    const { deployments } = settings.catalog;
    const groups = new Set(deployments.map(({ modelGroup }) => modelGroup));
    terminal.print(
      `${shortPath(configFile)} is good. Deployments: ${deployments.length}; model groups: ${groups.size}.`,
    );
    terminal.print(coverageText(settings));
    return 0;
  } catch (error) {
    if (!(error instanceof StackFailure)) throw error;
    terminal.fail([error.message, ...error.details].join('\n'));
    return 1;
  }
}
