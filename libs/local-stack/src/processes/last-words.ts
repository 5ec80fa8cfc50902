import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const logLine = z.looseObject({
  level: z.union([z.number(), z.string()]).optional(),
  msg: z.string().optional(),
  err: z.looseObject({ message: z.string().optional() }).optional(),
  error: z.looseObject({ message: z.string().optional() }).optional(),
});

const errorLevel = 50;

/** Why a process ended, as far as its log tells: the last error it wrote, else its last lines. */
export function lastWords(logFile: string): string[] {
  if (!existsSync(logFile)) return [];
  const lines = readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-40)
    .map(readLine);
  const errors = lines.filter((line) => line.isError).map((line) => line.text);
  return errors.length > 0 ? errors.slice(-1) : lines.slice(-3).map((line) => line.text);
}

function readLine(line: string): { text: string; isError: boolean } {
  const parsed = logLine.safeParse(jsonOf(line));
  // Not a line of the logger: what a process says on its own is usually why it ends.
  if (!parsed.success)
    return { text: line.trim(), isError: !line.startsWith(' ') && /error|cannot|not/i.test(line) };
  const { level, msg = '', err, error } = parsed.data;
  const cause = err?.message ?? error?.message;
  const isError = typeof level === 'number' ? level >= errorLevel : /error|fatal/i.test(level ?? '');
  return { text: cause === undefined || msg.includes(cause) ? msg : `${msg}: ${cause}`, isError };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
