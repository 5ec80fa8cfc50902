import { scanMembers, type MemberSpan } from './scan-members.js';

/** Changes to the top level of a JSON object. */
export interface BodyPatch {
  /** Members to write, in place of the old value or at the end. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Members to leave out. */
  readonly remove: ReadonlySet<string>;
}

/**
 * Applies a patch to the bytes of a JSON object and leaves every other byte as the client sent it:
 * re-serialising a long conversation costs more than the rest of the proxy. Bytes that are unusual
 * (duplicate or escaped top-level keys) are answered with a freshly serialised body instead, so the result
 * always means the same.
 * @param parsed `JSON.parse` of the bytes.
 */
export function patchBody(
  bytes: Buffer,
  parsed: Readonly<Record<string, unknown>>,
  patch: BodyPatch,
): Buffer {
  const members = scanMembers(bytes);
  if (members?.length !== Object.keys(parsed).length) return Buffer.from(patchedText(parsed, patch));
  const isUntouched =
    Object.keys(patch.set).length === 0 && !members.some(({ key }) => patch.remove.has(key));
  return isUntouched ? bytes : splice(bytes, members, patch);
}

function splice(bytes: Buffer, members: readonly MemberSpan[], patch: BodyPatch): Buffer {
  const pieces: Buffer[] = [];
  const written = new Set<string>();
  let isFirst = true;
  for (const member of members) {
    if (patch.remove.has(member.key) && !Object.hasOwn(patch.set, member.key)) continue;
    pieces.push(isFirst ? openBrace : comma);
    isFirst = false;
    if (Object.hasOwn(patch.set, member.key)) {
      written.add(member.key);
      pieces.push(bytes.subarray(member.start, member.valueStart), json(patch.set[member.key]));
    } else {
      pieces.push(bytes.subarray(member.start, member.end));
    }
  }
  for (const [key, value] of Object.entries(patch.set)) {
    if (written.has(key)) continue;
    pieces.push(isFirst ? openBrace : comma, json(key), colon, json(value));
    isFirst = false;
  }
  if (isFirst) pieces.push(openBrace);
  pieces.push(closeBrace);
  return Buffer.concat(pieces);
}

function patchedText(parsed: Readonly<Record<string, unknown>>, patch: BodyPatch): string {
  const kept = Object.entries(parsed).filter(([key]) => !patch.remove.has(key));
  return JSON.stringify(Object.fromEntries([...kept, ...Object.entries(patch.set)]));
}

const openBrace = Buffer.from('{');
const closeBrace = Buffer.from('}');
const comma = Buffer.from(',');
const colon = Buffer.from(':');

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
