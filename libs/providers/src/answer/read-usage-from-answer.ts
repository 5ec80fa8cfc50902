import type { TokenCounts } from '@signalbox/contracts';
import { scanMembers } from '../request/scan-members.js';
import { readUsage } from './read-usage.js';

/** Answers up to this size are parsed; longer ones (embeddings) are only walked through. */
const PARSE_LIMIT_BYTES = 64 * 1024;

export type AnswerReading =
  | { readonly valid: true; readonly usage?: TokenCounts; readonly holdsError: boolean }
  | { readonly valid: false };

/**
 * Looks at a whole, not streamed answer: is it a JSON object, and what does its `usage` say? Cheap for the
 * long lists of numbers that embeddings are: of those only the brackets are checked.
 */
export function readUsageFromAnswer(bytes: Buffer): AnswerReading {
  return bytes.length <= PARSE_LIMIT_BYTES ? parsed(bytes.toString()) : walked(bytes);
}

function parsed(text: string): AnswerReading {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return { valid: false };
    const { usage, error } = answer as Readonly<Record<string, unknown>>;
    return reading(readUsage(usage), isPresent(error));
  } catch {
    return { valid: false };
  }
}

function walked(bytes: Buffer): AnswerReading {
  const members = scanMembers(bytes);
  if (members === undefined) return { valid: false };
  let usage: TokenCounts | undefined;
  let holdsError = false;
  for (const { key, valueStart, end } of members) {
    if (key !== 'usage' && key !== 'error') continue;
    try {
      const value: unknown = JSON.parse(bytes.toString('utf8', valueStart, end));
      if (key === 'usage') usage = readUsage(value);
      else holdsError = isPresent(value);
    } catch {
      return { valid: false };
    }
  }
  return reading(usage, holdsError);
}

function reading(usage: TokenCounts | undefined, holdsError: boolean): AnswerReading {
  return usage === undefined ? { valid: true, holdsError } : { valid: true, usage, holdsError };
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
