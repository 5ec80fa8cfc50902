// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  ACTOR_HEADER,
  auditList,
  auditRead,
  endUserBlock,
  endUserDelete,
  identityEndUser,
  keyCreate,
  keyDelete,
  keyUpdate,
  teamCreate,
  teamDelete,
  teamUpdate,
  valueOf,
  type Actor,
  type AuditRow,
  type CallContract,
} from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

const ann: Actor = { changedBy: 'ann', keyHash: 'e'.repeat(64), keyAlias: 'schlüssel', requestId: 'r1' };

async function ask<Request extends z.ZodType, Value extends z.ZodType>(
  contract: CallContract<Request, Value>,
  request: z.input<Request>,
  actor: Actor | undefined = ann,
) {
  return valueOf(
    await under.bus.call(contract, request, { headers: { [ACTOR_HEADER]: JSON.stringify(actor) } }),
  );
}

async function entriesOf(objectId: string): Promise<AuditRow[]> {
  const query = { object_id: objectId, sort_order: 'asc' as const };
  return valueOf(await under.bus.call(auditList, query)).rows;
}

describe('every change', () => {
  it('of a team and its keys is written down with who made it', async () => {
    const token = 'a'.repeat(64);
    await ask(teamCreate, { team_id: 'red', rpm_limit: 5 });
    await ask(teamUpdate, { team_id: 'red', rpm_limit: 6, metadata: { api_key: 'sk-secret' } });
    await ask(keyCreate, { token, key_name: 'sk-...aaaa', team_id: 'red' });
    await ask(keyUpdate, { token, blocked: true }, { changedBy: 'bob' });
    await ask(teamDelete, { team_ids: ['red'] });

    const team = await entriesOf('red');
    expect(team.map(({ action }) => action)).toEqual(['created', 'updated', 'deleted']);
    expect(team[1]).toMatchObject({
      changed_by: 'ann',
      changed_by_api_key: ann.keyHash,
      changed_by_key_alias: 'schlüssel',
      request_id: 'r1',
      table_name: 'LiteLLM_TeamTable',
      before_value: { rpm_limit: 5, metadata: {} },
      updated_values: { rpm_limit: 6, metadata: { api_key: '***' } },
    });
    // The key went with its team, and that is said too.
    const key = await entriesOf(token);
    expect(key.map(({ action, changed_by: who }) => [action, who])).toEqual([
      ['created', 'ann'],
      ['blocked', 'bob'],
      ['deleted', 'ann'],
    ]);
  });

  it('of end users is written down, but not that a call met one for the first time', async () => {
    await under.bus.call(identityEndUser, { endUserId: 'met' });
    expect(await entriesOf('met')).toEqual([]);
    await ask(endUserBlock, { user_ids: ['met', 'never-met'], blocked: true });
    await ask(endUserDelete, { user_ids: ['met'] });
    expect((await entriesOf('met')).map(({ action }) => action)).toEqual(['blocked', 'deleted']);
    expect((await entriesOf('never-met')).map(({ action }) => action)).toEqual(['created']);
  });

  it('is written down as of somebody unknown when nobody says who makes it', async () => {
    await under.bus.call(teamCreate, { team_id: 'orphan' });
    expect(await entriesOf('orphan')).toMatchObject([{ changed_by: 'unknown', changed_by_api_key: null }]);
  });

  it('that is refused leaves nothing', async () => {
    const hash = 'b'.repeat(64);
    await expect(ask(keyDelete, { tokens: [hash] })).rejects.toThrow();
    await expect(
      ask(keyCreate, { token: hash, key_name: 'sk-...bbbb', team_id: 'nobody' }),
    ).rejects.toThrow();
    expect(await entriesOf(hash)).toEqual([]);
  });

  it('keeps its own author when many make changes at the same time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `worker-${index}`);
    await Promise.all(names.map((name) => ask(teamCreate, { team_id: name }, { changedBy: name })));
    const { rows } = await ask(auditList, { table_name: 'teams', page_size: 100 });
    const authors = rows.filter(({ object_id: id }) => names.includes(id));
    expect(authors).toHaveLength(20);
    for (const { object_id: id, changed_by: who } of authors) expect(who).toBe(id);
  });
});

describe('the list', () => {
  it('is filtered, sorted and paged', async () => {
    const actor = { changedBy: 'carl', keyHash: 'master' };
    for (const id of ['x1', 'x2', 'x3']) await ask(teamCreate, { team_id: id }, actor);
    await ask(teamUpdate, { team_id: 'x2', blocked: true }, actor);
    const list = async (query: z.input<typeof auditList.request>) => {
      const { rows, total } = await ask(auditList, { changed_by: 'carl', ...query });
      return { total, ids: rows.map(({ object_id: id, action }) => `${action} ${id}`) };
    };
    expect(await list({ page_size: 2 })).toEqual({ total: 4, ids: ['blocked x2', 'created x3'] });
    expect(await list({ page_size: 2, page: 2 })).toEqual({ total: 4, ids: ['created x2', 'created x1'] });
    expect(await list({ action: 'blocked' })).toEqual({ total: 1, ids: ['blocked x2'] });
    expect(await list({ sort_by: 'object_id', sort_order: 'asc', action: 'created' })).toEqual({
      total: 3,
      ids: ['created x1', 'created x2', 'created x3'],
    });
    expect((await list({ table_name: 'LiteLLM_TeamTable', changed_by_api_key: 'master' })).total).toBe(4);
    expect((await list({ table_name: 'LiteLLM_VerificationToken' })).total).toBe(0);
    expect((await list({ until: '2020-01-01T00:00:00.000Z' })).total).toBe(0);
    expect((await list({ from: '2020-01-01T00:00:00.000Z' })).total).toBe(4);
  });

  it('gives single entries by id', async () => {
    await ask(teamCreate, { team_id: 'single' });
    const [entry] = await entriesOf('single');
    expect(await ask(auditRead, { id: entry?.id ?? '' })).toEqual(entry);
    for (const id of ['nonsense', '00000000-0000-0000-0000-000000000000']) {
      expect(await under.bus.call(auditRead, { id })).toMatchObject({ fault: { code: 'record_not_found' } });
    }
  });
});
