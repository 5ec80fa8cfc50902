// Real: NATS, Postgres and two replicas of the service. Postgres is stopped and started again.
import { endUserCreate, identityAuthenticate, identityEndUser } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { useIdentity } from './spec-support/use-identity.js';

const under = await useIdentity();

const authenticate = () => under.bus.call(identityAuthenticate, { keyHash: 'a'.repeat(64) });
const policy = () => under.bus.call(identityEndUser, { endUserId: 'someone' });

it('says that identities cannot be read while Postgres is away, and goes on by itself afterwards', async () => {
  expect(await authenticate()).toMatchObject({ fault: { code: 'unknown_key' } });
  expect(await policy()).toMatchObject({ ok: true });
  expect(await under.identity.readiness()).toEqual([
    { name: 'nats', ok: true },
    { name: 'postgres', ok: true },
  ]);

  await under.stopPostgres();
  for (const reply of await Promise.all([authenticate(), policy(), authenticate(), policy()])) {
    expect(reply).toMatchObject({ fault: { code: 'identity_unavailable' } });
  }
  const change = await under.bus.call(endUserCreate, { user_id: 'other' });
  expect(change).toMatchObject({ fault: { code: 'identity_unavailable' } });
  expect(await under.announced()).toEqual([]);
  expect(await under.identity.readiness()).toContainEqual({ name: 'postgres', ok: false });

  await under.restartPostgres();
  expect(await authenticate()).toMatchObject({ fault: { code: 'unknown_key' } });
  expect(await policy()).toMatchObject({ ok: true });
  expect(await under.identity.readiness()).toContainEqual({ name: 'postgres', ok: true });
});
