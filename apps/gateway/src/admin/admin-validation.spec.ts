import { EndUserNewSchema } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { validationFault } from './admin-validation.js';

it('names every fault in the message and the first field in param', () => {
  const { error } = EndUserNewSchema.safeParse({ blocked: 'yes' });
  expect(validationFault(error?.issues ?? []).fault).toMatchObject({
    code: 'validation_error',
    param: 'blocked',
    message: expect.stringMatching(/^blocked: .*; user_id: /) as string,
  });
});

it('has no param when the body itself is at fault', () => {
  const { error } = EndUserNewSchema.safeParse(undefined);
  expect(validationFault(error?.issues ?? []).fault).not.toHaveProperty('param');
});
