import type { FallbackHop } from '@signalbox/routing';
import type { CallEstimates } from './call-estimates.js';
import type { Call } from './call.js';

/**
 * The call as it is put to a fallback: the original one, never that of the fallback before, under another model, counted
 * for that one, and with this fallback's own changes. Who asks, for whom, from where and under which rules stays.
 */
export function fallbackCall(
  original: Call,
  { model, overrides }: FallbackHop,
  estimates: CallEstimates,
): Call {
  const { mode, caller } = original;
  const body = overrides === undefined ? original.body : { ...original.body, ...overrides };
  return {
    ...original,
    model,
    mock: undefined,
    body,
    bytes: overrides === undefined ? original.bytes : undefined,
    ...estimates.of({ mode, model, caller, body }),
  };
}
