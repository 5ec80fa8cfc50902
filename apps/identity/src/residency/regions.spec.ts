// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  keyCreate,
  keyRead,
  keyUpdate,
  teamCreate,
  teamUpdate,
  valueOf,
  type Caller,
} from '@signalbox/contracts';
import { beforeAll, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const token = 'ab'.repeat(32);
const under = await useIdentity();

beforeAll(async () => {
  await under.bus.call(teamCreate, { team_id: 'red', allowed_model_region: ['Europe', 'uk'] });
  await under.bus.call(keyCreate, {
    token,
    key_name: 'sk-...test',
    team_id: 'red',
    allowed_model_region: 'Sweden Central',
  });
  await under.announced();
}, 120_000);

async function regions(): Promise<(string[] | undefined)[]> {
  const { allowedRegions, team }: Caller = valueOf(
    await under.bus.call(identityAuthenticate, { keyHash: token }),
  );
  return [allowedRegions, team?.allowedRegions];
}

it('tells where the calls of a key may go, and those of its team, in the words that routing compares', async () => {
  expect(await regions()).toEqual([['swedencentral'], ['eu', 'uk']]);
  expect(valueOf(await under.bus.call(keyRead, { token })).allowed_model_region).toBe('Sweden Central');
});

it('announces a change, keeps what is not named, and clears with null', async () => {
  await under.bus.call(keyUpdate, { token, allowed_model_region: ['us', 'DE'] });
  expect(await under.announced()).toContainEqual(expect.objectContaining({ keyHashes: [token] }));
  await under.bus.call(keyUpdate, { token, key_alias: 'renamed' });
  await under.announced();
  await under.bus.call(teamUpdate, { team_id: 'red', allowed_model_region: null });
  expect(await under.announced()).toContainEqual(expect.objectContaining({ teamIds: ['red'] }));
  expect(await regions()).toEqual([['us', 'de'], undefined]);
});

it.each(['Atlantis', ['eu', 'Mordor']])('refuses %j, which nothing could ever serve', async (region) => {
  const refused = { fault: { code: 'validation_error', param: 'allowed_model_region' } };
  expect(await under.bus.call(keyUpdate, { token, allowed_model_region: region })).toMatchObject(refused);
  expect(await under.bus.call(teamUpdate, { team_id: 'red', allowed_model_region: region })).toMatchObject(
    refused,
  );
});
