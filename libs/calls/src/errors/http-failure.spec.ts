import { fault } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { errorEnvelope, retryHeaders } from './error-envelope.js';
import { httpFailureOf } from './http-failure.js';

describe('httpFailureOf', () => {
  it.each([
    ['region_restricted', 403, 429],
    ['admin_only', 403, 401],
    ['route_not_allowed', 403, 403],
    ['key_model_access_denied', 403, 401],
    ['user_model_access_denied', 403, 401],
    ['team_model_access_denied', 403, 401],
    ['model_not_found', 404, 400],
    ['unknown_key', 401, 401],
  ] as const)('answers %s with %i, or LiteLLM’s %i', (code, ours, theirs) => {
    expect(httpFailureOf(fault(code), 'signalbox').status).toBe(ours);
    expect(httpFailureOf(fault(code), 'litellm').status).toBe(theirs);
  });

  it('tells when to come back, in whole seconds, and only where coming back helps', () => {
    const limited = httpFailureOf(
      fault('rate_limit_exceeded', undefined, { retryAfterMs: 1_200 }),
      'signalbox',
    );
    expect(retryHeaders(limited)).toEqual({ 'x-should-retry': 'true', 'retry-after': '2' });
    const outside = httpFailureOf(
      fault('region_restricted', undefined, { retryAfterMs: 1_200 }),
      'signalbox',
    );
    expect(retryHeaders(outside)).toEqual({ 'x-should-retry': 'false' });
  });

  it('puts the status into the code, and OpenAI’s own word where clients compare with it', () => {
    const invalid = httpFailureOf(fault('invalid_request', 'no', { param: 'model' }), 'signalbox');
    expect(errorEnvelope(invalid)).toEqual({
      error: { message: 'no', type: 'invalid_request_error', param: 'model', code: '400' },
    });
    const tooLong = httpFailureOf(fault('context_length_exceeded'), 'signalbox');
    expect(errorEnvelope(tooLong).error.code).toBe('context_length_exceeded');
  });
});
