import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from './admin-api.js';

/** The wanted fields that are other than those there are. Nothing, an empty list and `false` are the same. */
export function changedFields(present: JsonObject, wanted: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !isSame(present[name], value)));
}

function isSame(present: unknown, wanted: unknown): boolean {
  return (isNothing(present) && isNothing(wanted)) || isDeepStrictEqual(present, wanted);
}

/** Zero is something: a budget that lets nothing pass. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value == null || value === false || value === '';
}
