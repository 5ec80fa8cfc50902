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
  const isShorter = members.some(({ key }) => patch.remove.has(key));
  if (!isShorter && Object.keys(patch.set).length === 0) return bytes;
  const pieces = isShorter ? rebuilt(members, patch) : edited(members, patch);
  let separator = pieces.length === 0 ? '{' : ',';
  let tail = '';
  for (const [key, value] of Object.entries(patch.set)) {
    if (Object.hasOwn(parsed, key)) continue;
    tail += `${separator}${JSON.stringify(key)}:${JSON.stringify(value)}`;
    separator = ',';
  }
  pieces.push(separator === '{' ? '{}' : `${tail}}`);
  return joined(bytes, pieces);
}

/** A range of the original bytes, or new text. */
type Piece = { readonly from: number; readonly to: number } | string;

/** The object without its closing brace, values replaced in place; nothing when it has no members. */
function edited(members: readonly MemberSpan[], patch: BodyPatch): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { key, valueStart, end } of members) {
    if (!Object.hasOwn(patch.set, key)) continue;
    pieces.push({ from, to: valueStart }, JSON.stringify(patch.set[key]));
    from = end;
  }
  const last = members.at(-1)?.end ?? 0;
  if (last > from) pieces.push({ from, to: last });
  return pieces;
}

/** The same, member by member, leaving out those to remove. */
function rebuilt(members: readonly MemberSpan[], patch: BodyPatch): Piece[] {
  const pieces: Piece[] = [];
  for (const { key, start, valueStart, end } of members) {
    const isSet = Object.hasOwn(patch.set, key);
    if (patch.remove.has(key) && !isSet) continue;
    pieces.push(pieces.length === 0 ? '{' : ',');
    if (isSet) pieces.push({ from: start, to: valueStart }, JSON.stringify(patch.set[key]));
    else pieces.push({ from: start, to: end });
  }
  return pieces;
}

function joined(bytes: Buffer, pieces: readonly Piece[]): Buffer {
  let length = 0;
  for (const piece of pieces)
    length += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.to - piece.from;
  const result = Buffer.allocUnsafe(length);
  let at = 0;
  for (const piece of pieces) {
    at += typeof piece === 'string' ? result.write(piece, at) : bytes.copy(result, at, piece.from, piece.to);
  }
  return result;
}

function patchedText(parsed: Readonly<Record<string, unknown>>, patch: BodyPatch): string {
  const kept = Object.entries(parsed).filter(([key]) => !patch.remove.has(key));
  return JSON.stringify(Object.fromEntries([...kept, ...Object.entries(patch.set)]));
}
