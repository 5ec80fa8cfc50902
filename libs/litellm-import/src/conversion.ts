import type { z } from 'zod';
import type { JsonObject } from './admin-api.js';
import type { LitellmRow } from './litellm-database.js';

/** A record in the words of the admin API, or why it cannot be one. */
export type Conversion =
  | {
      readonly id: string;
      /** What people call it. */
      readonly label: string;
      readonly fields: JsonObject;
      /** What is other here than there. */
      readonly remarks: readonly string[];
    }
  | { readonly id?: string; readonly label: string; readonly skipped: string };

/** A JSON column as LiteLLM writes them: as JSON, or as a JSON text in JSON. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The same when an object is meant; what is none is empty. */
export function objectOf(value: unknown): JsonObject {
  const read = jsonOf(value);
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Columns of a row that say something. */
export function spokenColumns(row: LitellmRow): string[] {
  return Object.keys(row).filter((name) => !isEmpty(jsonOf(row[name])));
}

/** Nothing, no, zero, and lists and objects without anything in them. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isEmpty);
  return value == null || value === false || value === 0 || value === '';
}

/**
 * The fields as our API takes them: what it does not know is left out. Or why it would not take them, in a sentence.
 */
export function readFields(
  schema: z.ZodType<Record<string, unknown>>,
  wanted: JsonObject,
): { readonly fields: JsonObject; readonly fault?: undefined } | { readonly fault: string } {
  const read = schema.safeParse(wanted);
  if (read.success) return { fields: read.data };
  const [issue] = read.error.issues;
  return { fault: issue === undefined ? 'it cannot be read' : `${issue.path.join('.')}: ${issue.message}` };
}
