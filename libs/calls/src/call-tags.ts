import type { IncomingHttpHeaders } from 'node:http';
import { fault, FaultError, type Caller, type RouteRequest } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';
import { objectIn, textsIn } from './json-fields.js';

/** What tags of a call are read from. */
export interface TaggedCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  readonly caller: Caller | undefined;
  /** Whether the call may bring tags of its own. */
  readonly mayTag: boolean;
}

/** Tags of a call as the router wants them. */
export type CallTags = Pick<RouteRequest, 'tags' | 'tagGroups'>;

/**
 * Tags of a call: those of its header, its body, its key and its team together, each once. Where the caller asks for
 * some and its key or team has some, they stay apart: whatever the caller adds, what it inherited must still match.
 */
export function callTags({ headers, body, caller, mayTag }: TaggedCall): CallTags {
  const asked = unique([
    ...headerTags(headers['x-litellm-tags']),
    ...tagsIn(body),
    ...tagsIn(objectIn(body, 'metadata')),
    ...tagsIn(objectIn(body, 'litellm_metadata')),
  ]);
  if (!mayTag && asked.length > 0) throw refusal('this gateway takes none from callers.');
  refuseTooMany(asked);
  const inherited = unique([...(caller?.tags ?? []), ...(caller?.team?.tags ?? [])]);
  if (asked.length === 0) return { tags: inherited };
  if (inherited.length === 0) return { tags: asked };
  return { tags: unique([...inherited, ...asked]), tagGroups: [inherited, asked] };
}

function headerTags(header: string | string[] | undefined): string[] {
  if (typeof header !== 'string') return [];
  return header
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** A list, or one tag alone: a wish that is misspelt must not be taken for none. */
function tagsIn(holder: Readonly<Record<string, unknown>> | undefined): string[] {
  const tags = holder?.['tags'];
  return typeof tags === 'string' && tags !== '' ? [tags] : textsIn(holder, 'tags');
}

function unique(tags: string[]): string[] {
  return tags.length < 2 ? tags : [...new Set(tags)];
}

const mostTags = 64;
const longestTag = 256;

/** Tags travel to the router together with those of other callers: one call must not fill the message. */
function refuseTooMany(tags: readonly string[]): void {
  if (tags.length <= mostTags && tags.every(({ length }) => length <= longestTag)) return;
  throw refusal(`at most ${mostTags} tags of ${longestTag} characters are taken.`);
}

function refusal(reason: string): FaultError {
  return new FaultError(fault('invalid_request', `Invalid 'tags': ${reason}`, { param: 'tags' }));
}
