// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import { identityNames, keyCreate, teamCreate, userCreate, valueOf } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

it('names keys, teams and users, and leaves out whoever is not there', async () => {
  const token = 'a'.repeat(64);
  valueOf(await under.bus.call(teamCreate, { team_id: 'red', team_alias: 'Prod Team' }));
  valueOf(await under.bus.call(userCreate, { user_id: 'u1', user_email: 'ann@example.com' }));
  const key = { token, key_name: 'sk-...aaaa', key_alias: 'ci', team_id: 'red', user_id: 'u1' };
  valueOf(await under.bus.call(keyCreate, key));
  const asked = { key_hashes: [token, 'b'.repeat(64)], team_ids: ['red', 'gone'], user_ids: ['u1', 'gone'] };
  expect(valueOf(await under.bus.call(identityNames, asked))).toEqual({
    keys: { [token]: { key_name: 'sk-...aaaa', key_alias: 'ci', team_id: 'red', user_id: 'u1' } },
    teams: { red: { team_alias: 'Prod Team' } },
    users: { u1: { user_email: 'ann@example.com', user_alias: null } },
  });
  expect(valueOf(await under.bus.call(identityNames, {}))).toEqual({ keys: {}, teams: {}, users: {} });
});
