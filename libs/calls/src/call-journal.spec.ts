import { fault, FaultError } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { CallJournal } from './call-journal.js';

const failure = { error: new FaultError(fault('upstream_timeout', 'Too slow.', { retryAfterMs: 5 })) };

it('leaves the error of a single attempt as it is', () => {
  const journal = new CallJournal('a');
  journal.failure(failure, { model: 'a', deploymentId: 'd', isFallback: false });
  expect(journal.lastResort(failure)).toBe(failure.error);
});

it('keeps code and time of the first error', () => {
  const journal = new CallJournal('a');
  journal.failure(failure, { model: 'a', deploymentId: 'd', isFallback: false });
  journal.failure({ error: new FaultError(fault('model_not_found')) }, { model: 'b', isFallback: true });
  const error = journal.lastResort(failure);
  expect(error).toBeInstanceOf(FaultError);
  expect((error as FaultError).fault).toEqual({
    code: 'upstream_timeout',
    message:
      'Too slow. Received Model Group=a. Available Model Group Fallbacks=[b]. ' +
      'Attempts: a (d): 504 Too slow; b: 404 Invalid model name passed.',
    retryAfterMs: 5,
  });
});

it('stays of a bearable length', () => {
  const journal = new CallJournal('m'.repeat(500));
  const long = { error: new FaultError(fault('upstream_timeout', 'x'.repeat(600))) };
  for (let attempt = 0; attempt < 66; attempt += 1) {
    journal.failure(long, { model: 'm'.repeat(500), deploymentId: 'd'.repeat(500), isFallback: true });
  }
  const { message } = journal.lastResort(long);
  expect(message).toContain('; and 46 more.');
  expect(message.length).toBeLessThan(10_000);
});
