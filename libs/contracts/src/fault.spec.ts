import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCatalogue } from './error-catalogue.js';
import { fault, FaultError, FaultSchema, replySchema, valueOf } from './fault.js';

describe('fault', () => {
  it('takes the sentence of the catalogue unless told a more exact one', () => {
    expect(fault('region_restricted')).toEqual({
      code: 'region_restricted',
      message: errorCatalogue.region_restricted.message,
    });
    expect(fault('rate_limit_exceeded', 'Full.', { retryAfterMs: 1_500 })).toEqual({
      code: 'rate_limit_exceeded',
      message: 'Full.',
      retryAfterMs: 1_500,
    });
  });

  it('reads a code of a newer version as an internal error and keeps its text', () => {
    expect(FaultSchema.parse({ code: 'from_the_future', message: 'Later.' })).toEqual({
      code: 'internal_error',
      message: 'Later.',
    });
  });

  it('refuses a fault without a message', () => {
    expect(FaultSchema.safeParse({ code: 'internal_error' }).success).toBe(false);
  });
});

describe('reply', () => {
  const schema = replySchema(z.object({ count: z.number() }));

  it('is a value', () => {
    const reply = schema.parse({ ok: true, value: { count: 3 } });
    expect(valueOf(reply)).toEqual({ count: 3 });
  });

  it('is a fault, thrown only inside a process', () => {
    const reply = schema.parse({
      ok: false,
      fault: fault('record_not_found', undefined, { param: 'user_id' }),
    });
    expect(() => valueOf(reply)).toThrow(FaultError);
    expect(() => valueOf(reply)).toThrow('record_not_found: The record does not exist.');
  });

  it.each([{}, { ok: true }, { ok: true, value: { count: 'three' } }, { ok: false, value: { count: 3 } }])(
    'is nothing else: %j',
    (message) => {
      expect(schema.safeParse(message).success).toBe(false);
    },
  );
});
