import { fault, FaultError } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';
import { UpstreamError } from './errors/upstream-error.js';
import type { CallFailure } from './call-failure.js';

/** Failures a caller may order, to see what follows. */
export type MockFailure = 'general' | 'context_window' | 'content_policy' | 'rate_limit' | 'timeout';

const switches: readonly (readonly [field: string, mock: MockFailure])[] = [
  ['mock_testing_fallbacks', 'general'],
  ['mock_testing_context_window_fallbacks', 'context_window'],
  ['mock_testing_content_policy_fallbacks', 'content_policy'],
  ['mock_testing_rate_limit_error', 'rate_limit'],
  ['mock_timeout', 'timeout'],
];

/** The failure that LiteLLM's `mock_testing_*` switches ask for. Not everybody may ask: see who calls this. */
export function mockFailureOf(body: RequestBody): MockFailure | undefined {
  return switches.find(([field]) => body[field] === true)?.[1];
}

/**
 * The ordered failure of a model. No deployment is asked for it and nothing is recorded, so that nobody's limits
 * or cooldowns know of it. Only the rate limit is one to be tried again.
 */
export function mockedFailure(mock: MockFailure): CallFailure {
  switch (mock) {
    case 'context_window':
      return { error: new FaultError(fault('context_length_exceeded')), kind: mock };
    case 'content_policy':
      return { error: mockedRefusal(400, 'content_policy_violation'), kind: mock };
    case 'rate_limit':
      return { error: mockedRefusal(429, 'rate_limit_error'), kind: 'general', failureClass: mock };
    case 'timeout':
      return { error: new FaultError(fault('upstream_timeout')), kind: 'general' };
    case 'general':
      return { error: mockedRefusal(500, 'internal_server_error'), kind: mock };
  }
}

function mockedRefusal(status: number, type: string): UpstreamError {
  return new UpstreamError({
    status,
    type,
    message: 'This is a mock failure, ordered by the request.',
    param: null,
    isRetryable: status !== 400,
  });
}
