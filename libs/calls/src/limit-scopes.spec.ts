import type { Caller, EndUserPolicy } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { limitScopes } from './limit-scopes.js';

const team = { teamId: 't', alias: null, models: [], modelAliases: {}, tags: [] };
const caller: Caller = {
  keyHash: 'h',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team,
};
const policy: EndUserPolicy = { endUserId: 'u', blocked: false, allowedRegions: [], defaultModel: null };

it('names those that have limits, the key first', () => {
  const limited = { ...caller, limits: { rpm: 3 }, team: { ...team, limits: { tpm: 100 } } };
  expect(limitScopes(limited, { ...policy, limits: { maxParallelRequests: 2 } })).toEqual([
    { kind: 'api_key', id: 'h', rpm: 3 },
    { kind: 'team', id: 't', tpm: 100 },
    { kind: 'end_user', id: 'u', maxParallelRequests: 2 },
  ]);
});

it('names the user of the key and its place in the team after the key and the team', () => {
  const limited = {
    ...caller,
    userId: 'ann',
    user: { role: null, adminOf: [], limits: { rpm: 9 } },
    limits: { rpm: 3 },
    team: { ...team, limits: { tpm: 100 }, memberLimits: { tpm: 50 } },
  };
  expect(limitScopes(limited, undefined)?.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'api_key h',
    'user ann',
    'team t',
    'team_member t:ann',
  ]);
});

it('takes no member of one team for a member of another', () => {
  const idOf = (teamId: string, userId: string) =>
    limitScopes({ ...caller, userId, team: { ...team, teamId, memberLimits: { rpm: 1 } } }, undefined)?.[0]
      ?.id;
  expect(idOf('a:b', 'c')).not.toBe(idOf('a', 'b:c'));
});

it('leaves out those that have none', () => {
  expect(limitScopes({ ...caller, team: { ...team, limits: { rpm: 1 } } }, policy)).toEqual([
    { kind: 'team', id: 't', rpm: 1 },
  ]);
  expect(limitScopes(undefined, { ...policy, limits: { rpm: 1 } })).toEqual([
    { kind: 'end_user', id: 'u', rpm: 1 },
  ]);
});

it('names every tag of the call that has limits once, however the call says it, and none that it excludes', () => {
  const budgets = [{ maxNanoDollars: 5, duration: '30d' }];
  const tagLimits = new Map([
    ['engineering', { budgets }],
    ['marketing', { rpm: 1 }],
    ['sales', { rpm: 2 }],
  ]);
  const tags = ['engineering', '&engineering', '!marketing', '&sales', 'job-1'];
  expect(limitScopes({ ...caller, limits: { rpm: 3 } }, undefined, tags, tagLimits)).toEqual([
    { kind: 'api_key', id: 'h', rpm: 3 },
    { kind: 'tag', id: 'engineering', budgets },
    { kind: 'tag', id: 'sales', rpm: 2 },
  ]);
  expect(limitScopes(caller, policy, ['job-1'], tagLimits)).toBeUndefined();
});

it('is nothing at all for everybody else', () => {
  expect(limitScopes(caller, policy)).toBeUndefined();
  expect(limitScopes({ ...caller, team: null }, undefined)).toBeUndefined();
  expect(limitScopes(undefined, undefined)).toBeUndefined();
});
