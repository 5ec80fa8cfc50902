import { z } from 'zod';
import type { AdminApi, JsonObject } from './admin-api.js';

const recordSchema = z.record(z.string(), z.unknown());

export interface ListPlace {
  /** `/user/list?sort_by=user_id`, to which the page is added. */
  readonly path: string;
  /** The parameter that says how many a page has. */
  readonly sizeName: 'size' | 'page_size';
  readonly size: number;
  /** Where the records stand in the answer; absent: the answer is the list. */
  readonly listName?: string;
}

/** Every record of a list of the admin API. */
export async function* listPages(api: AdminApi, place: ListPlace): AsyncGenerator<JsonObject> {
  const { path, sizeName, size, listName } = place;
  const list = z.array(recordSchema);
  const schema =
    listName === undefined
      ? list
      : z.record(z.string(), z.unknown()).transform((body) => list.parse(body[listName]));
  for (let page = 1; ; page += 1) {
    const joint = path.includes('?') ? '&' : '?';
    const records = await api.read(`${path}${joint}page=${page}&${sizeName}=${size}`, schema);
    yield* records;
    if (records.length < size) return;
  }
}
