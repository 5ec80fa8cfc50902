import type { Caller, EndUserPolicy } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { callResidency } from './call-residency.js';

const caller: Caller = {
  keyHash: 'k',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team: null,
};
const team = { teamId: 't', alias: null, models: [], modelAliases: {}, tags: [] };
const policy: EndUserPolicy = { endUserId: 'u', blocked: false, allowedRegions: ['eu'], defaultModel: null };
const body = { model: 'gpt-4' };

describe('the regions a call is restricted to', () => {
  it('are those of end user, team, key and request, all of them', () => {
    const restricted = { ...caller, allowedRegions: ['SE'], team: { ...team, allowedRegions: ['eu', 'uk'] } };
    expect(
      callResidency({ caller: restricted, policy, body: { ...body, allowed_model_region: 'swedencentral' } }),
    ).toEqual([
      { from: 'end_user', allowed: ['eu'] },
      { from: 'team', allowed: ['eu', 'uk'] },
      { from: 'key', allowed: ['SE'] },
      { from: 'request', allowed: ['swedencentral'] },
    ]);
  });

  it('are none where nobody restricts it', () => {
    const free = { ...policy, allowedRegions: [] };
    expect(callResidency({ caller: { ...caller, team }, policy: free, body })).toEqual([]);
    expect(callResidency({ caller: undefined, policy: undefined, body })).toEqual([]);
  });

  it('are narrowed by what Anthropic calls it, and never widened', () => {
    const sent = (inference_geo: unknown) =>
      callResidency({ caller, policy, body: { ...body, inference_geo } });
    expect(sent('us')).toEqual([
      { from: 'end_user', allowed: ['eu'] },
      { from: 'request', allowed: ['us'] },
    ]);
    expect(sent('global')).toEqual([{ from: 'end_user', allowed: ['eu'] }]);
    expect(() => sent({ geo: 'us' })).toThrow('invalid_request');
  });

  it.each([[[]], [''], [7], [{ zone: 'eu' }], [['eu', '']]])(
    'are not ignored where the client sends what nobody can read: %j',
    (asked) => {
      const sent = { ...body, allowed_model_region: asked };
      expect(() => callResidency({ caller, policy, body: sent })).toThrow('invalid_request');
    },
  );
});
