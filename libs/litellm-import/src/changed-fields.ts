import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from './admin-api.js';

/** The wanted fields that are other than those there are. Nothing, an empty list and `false` are the same. */
export function changedFields(present: JsonObject, wanted: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !isSame(present[name], value)));
}

function isSame(present: unknown, wanted: unknown): boolean {
  if (isNothing(present) && isNothing(wanted)) return true;
  if (!Array.isArray(present) || !Array.isArray(wanted)) return isDeepStrictEqual(present, wanted);
  return (
    present.length === wanted.length && wanted.every((item, index) => isElementSame(present[index], item))
  );
}

/** An element of a list may say more than was asked for, such as when a budget begins anew. */
function isElementSame(present: unknown, wanted: unknown): boolean {
  if (typeof present !== 'object' || present === null || typeof wanted !== 'object' || wanted === null) {
    return isDeepStrictEqual(present, wanted);
  }
  const said = new Map(Object.entries(present));
  return Object.entries(wanted).every(([name, value]) => isSame(said.get(name), value));
}

/** Zero is something: a budget that lets nothing pass. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value == null || value === false || value === '';
}
