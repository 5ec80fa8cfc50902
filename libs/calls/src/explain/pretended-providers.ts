import type { FallbackKind } from '@signalbox/routing';
import type { Dispatcher } from 'undici';
import type { UpstreamDispatcher } from '../upstream/open-upstream.js';

/** How a provider is supposed to answer; a kind of fallback is a failure that leads to such fallbacks. */
export type SupposedAnswer = 'answers' | 'down' | Exclude<FallbackKind, 'general'>;

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** What providers say in such a case, in OpenAI's words. */
const refusals: Readonly<Record<Exclude<FallbackKind, 'general'>, string>> = {
  context_window: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
};

/**
 * Stands where the connections to providers are, and opens none: every request is answered at once as is supposed.
 * @param supposed asked when a request would go out.
 */
export function pretendedProviders(supposed: () => SupposedAnswer): UpstreamDispatcher {
  return {
    dispatch(_, handler) {
      const answer = supposed();
      if (answer === 'down') {
        handler.onResponseError?.(controller, new Error('supposed to be down'));
        return true;
      }
      const refusal = answer === 'answers' ? undefined : { message: answer, code: refusals[answer] };
      const body = refusal === undefined ? {} : { error: refusal };
      handler.onResponseStart?.(controller, refusal === undefined ? 200 : 400, {
        'content-type': 'application/json',
      });
      handler.onResponseData?.(controller, Buffer.from(JSON.stringify(body)));
      handler.onResponseEnd?.(controller, {});
      return true;
    },
  };
}
