import type { Actor } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';

/** LiteLLM's header for programs that change things on behalf of their own users. */
const BEHALF_HEADER = 'litellm-changed-by';
/** Long enough for any user id; it is kept with every change. */
const MAX_NAME_LENGTH = 256;
const MASTER = 'master';

/**
 * Who makes this request. The name in the header is believed: whoever may change things may say for whom. The key it
 * came with is named besides, and that cannot be chosen.
 */
export function actorOf({
  principal,
  headers,
  id,
}: Pick<FastifyRequest, 'principal' | 'headers' | 'id'>): Actor {
  const behalf = headers[BEHALF_HEADER];
  const name = typeof behalf === 'string' && behalf !== '' ? behalf.slice(0, MAX_NAME_LENGTH) : undefined;
  if (principal.kind !== 'key') return { changedBy: name ?? MASTER, keyHash: MASTER, requestId: id };
  const { keyHash, keyAlias, userId } = principal.caller;
  return {
    changedBy: name ?? userId ?? keyAlias ?? keyHash,
    keyHash,
    ...(keyAlias !== null && { keyAlias }),
    requestId: id,
  };
}
