/** Enough to see a mistake by; the list goes into a header. */
const MAX_NAMES = 30;
const MAX_NAME_LENGTH = 100;

/**
 * Paths of what a schema dropped: present in the body as sent, absent from the body as read. Names are
 * percent-encoded where a header could not hold them.
 */
export function ignoredFields(sent: unknown, read: unknown): string[] {
  return droppedPaths(sent, read).slice(0, MAX_NAMES).map(headerSafe);
}

function headerSafe(path: string): string {
  // Through bytes, because half a surrogate pair has no percent-encoding.
  return encodeURIComponent(Buffer.from(path.slice(0, MAX_NAME_LENGTH)).toString());
}

function droppedPaths(sent: unknown, read: unknown): string[] {
  if (!isRecord(sent) || !isRecord(read)) return [];
  return Object.keys(sent).flatMap((name) => {
    if (!Object.hasOwn(read, name)) return [name];
    return droppedPaths(sent[name], read[name]).map((path) => `${name}.${path}`);
  });
}

/** Lists count as records: their names are the positions. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
