import { estimateTokens } from '@signalbox/providers';
import type { FallbackHop } from '@signalbox/routing';
import type { Call } from './call.js';

/**
 * The call as it is put to a fallback: the original one, never that of the fallback before, under another model and
 * with this fallback's own changes. Who asks, for whom, from where and under which rules stays.
 */
export function fallbackCall(original: Call, { model, overrides }: FallbackHop): Call {
  const call: Call = { ...original, model, mock: undefined };
  if (overrides === undefined) return call;
  const body = { ...original.body, ...overrides };
  return { ...call, body, bytes: undefined, ...estimateTokens(original.mode, body) };
}
