import type { IncomingHttpHeaders } from 'node:http';
import { fault, FaultError, type Caller } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';
import { objectIn, textsIn } from './json-fields.js';

/** Tags of a call: those of its header, its body, its key and its team together, each once. */
export function callTags(
  headers: IncomingHttpHeaders,
  body: RequestBody,
  caller: Caller | undefined,
): string[] {
  const header = headers['x-litellm-tags'];
  const ofHeader = typeof header === 'string' ? header.split(',').map((tag) => tag.trim()) : [];
  const tags = [
    ...ofHeader.filter((tag) => tag !== ''),
    ...textsIn(body, 'tags'),
    ...textsIn(objectIn(body, 'metadata'), 'tags'),
    ...textsIn(objectIn(body, 'litellm_metadata'), 'tags'),
    ...(caller?.tags ?? []),
    ...(caller?.team?.tags ?? []),
  ];
  refuseTooMany(tags);
  return tags.length < 2 ? tags : [...new Set(tags)];
}

const mostTags = 64;
const longestTag = 256;

/** Tags travel to the router together with those of other callers: one call must not fill the message. */
function refuseTooMany(tags: readonly string[]): void {
  if (tags.length <= mostTags && tags.every(({ length }) => length <= longestTag)) return;
  const message = `Invalid 'tags': at most ${mostTags} tags of ${longestTag} characters are taken.`;
  throw new FaultError(fault('invalid_request', message, { param: 'tags' }));
}
