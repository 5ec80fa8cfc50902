import { readFile } from 'node:fs/promises';
import { formatConfigNotes, loadConfig, type Environment, type Settings } from '@signalbox/config';

export type SettingsFromFile =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: string }
  | { readonly ok: false; readonly problem: string };

/** Reads and checks config.yaml. All problems and warnings come as text for people, a line each, without secrets. */
export async function readSettings(path: string, environment: Environment): Promise<SettingsFromFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return { ok: false, problem: `${path}: cannot be read (${reason})` };
  }
  const loaded = loadConfig(text, { environment, path });
  return loaded.ok
    ? { ok: true, settings: loaded.settings, warnings: formatConfigNotes(loaded.warnings) }
    : { ok: false, problem: formatConfigNotes(loaded.faults) };
}
