import type { Deployment } from '@signalbox/contracts';
import { digestWithoutSecrets } from './digest.js';
import type { ConfigPath, NoteBook } from './note-book.js';
import { readDeployments, type EntryContext } from './read-deployment.js';
import type { SectionReader } from './section-reader.js';

/**
 * Reads `model_list` and gives every deployment its id: `model_info.id`, else a digest of the entry as it is
 * written, without secrets and before variables are resolved, so that it is the same at every start and in
 * every replica. Equal entries are told apart by counting them.
 */
export function readModelList(root: SectionReader, written: unknown, context: EntryContext): Deployment[] {
  const entries = root.items('model_list');
  if (entries.length === 0 && !root.notes.faults.some(({ path }) => path === 'model_list')) {
    root.fault('model_list', 'is missing or empty: there is nothing to route to');
  }
  const originals = originalEntries(written);
  const seen = new Map<string, number>();
  const ids = new Map<string, string>();
  return entries.flatMap(({ value, path }, index) => {
    const original = originals[index];
    const found = readDeployments(value, original, path, context);
    return found.map((deployment): Deployment => {
      const id = deployment.id ?? digestId(original, deployment.upstream.organization, seen);
      noteDuplicate(id, path, ids, context.notes);
      return { ...deployment, id };
    });
  });
}

function digestId(entry: unknown, organization: string | undefined, seen: Map<string, number>): string {
  const digest = digestWithoutSecrets([entry, organization]);
  const earlier = seen.get(digest) ?? 0;
  seen.set(digest, earlier + 1);
  return earlier === 0 ? digest : digestWithoutSecrets([digest, earlier]);
}

function noteDuplicate(id: string, path: ConfigPath, ids: Map<string, string>, notes: NoteBook): void {
  const first = ids.get(id);
  const place = `model_list[${String(path.at(-1))}]`;
  if (first === undefined) ids.set(id, place);
  else notes.fault([...path, 'model_info', 'id'], `"${id}" is the id of ${first} already`);
}

function originalEntries(written: unknown): readonly unknown[] {
  const list: unknown =
    typeof written === 'object' && written !== null ? Reflect.get(written, 'model_list') : undefined;
  return Array.isArray(list) ? list : [];
}
