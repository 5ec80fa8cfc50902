import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatConfigNotes, loadConfig, type ConfigNote, type Settings } from '@signalbox/config';
import { messageOf, StackFailure } from '../stack-failure.js';
import { planFakeSites, type FakeSites } from './fake-sites.js';

export interface ReadConfig {
  text: string;
  settings: Settings;
  warnings: readonly ConfigNote[];
  /** The pretended provider that it needs, planned and not started. */
  fakeSites: FakeSites | undefined;
}

/** Reads and checks a configuration file. A StackFailure lists every fault with its place. */
export async function readConfig(configFile: string, environment: NodeJS.ProcessEnv): Promise<ReadConfig> {
  const shown = shortPath(configFile);
  const text = await readText(configFile, shown);
  const fakeSites = await planFakeSites(text, environment);
  const loaded = loadConfig(text, {
    environment: { ...environment, ...fakeSites?.environment },
    path: shown,
  });
  if (loaded.ok) return { text, settings: loaded.settings, warnings: loaded.warnings, fakeSites };
  const count = loaded.faults.length === 1 ? 'a fault' : `${loaded.faults.length} faults`;
  throw new StackFailure(`The configuration has ${count}.`, formatConfigNotes(loaded.faults).split('\n'));
}

async function readText(configFile: string, shown: string): Promise<string> {
  try {
    return await readFile(configFile, 'utf8');
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new StackFailure(
      isAbsent ? `There is no configuration file ${shown}.` : `${shown} cannot be read: ${messageOf(error)}.`,
    );
  }
}

/** As seen from where the command was given, when that is shorter. */
export function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.length < file.length ? relative : file;
}
