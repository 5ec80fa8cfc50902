import { createHash } from 'node:crypto';
import type { Caller } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { NamedRoute } from './allowed-route.js';
import { Authenticator, type AuthenticatorOptions } from './authenticator.js';
import { routeRule } from './route-rules.js';

const caller: Caller = {
  keyHash: createHash('sha256').update('sk-plain').digest('hex'),
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: 1_000,
  team: null,
};

function anAuthenticator(words: Partial<AuthenticatorOptions> = {}): Authenticator {
  const known = (hash: string): Caller | undefined => (hash === caller.keyHash ? caller : undefined);
  const callers = { peek: known, read: () => Promise.reject(new Error('not asked for here')) };
  return new Authenticator({ masterKey: 'sk-master', callers, now: () => 999, ...words });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { fault?: { code: string } }).fault?.code;
  }
};

const chat: NamedRoute = {
  path: '/v1/chat/completions',
  rule: routeRule('POST', '/v1/chat/completions'),
};
const blocking: NamedRoute = { path: '/team/block', rule: routeRule('POST', '/team/block') };

describe('Authenticator', () => {
  it('knows the master key and a cached key without asking', () => {
    expect(anAuthenticator().authenticate(bearer('sk-master'), blocking)).toEqual({ kind: 'master' });
    expect(anAuthenticator().authenticate(bearer('sk-plain'), chat)).toEqual({ kind: 'key', caller });
  });

  it('refuses a plain key on admin routes, an expired one and a missing one', () => {
    expect(codeOf(() => anAuthenticator().authenticate(bearer('sk-plain'), blocking))).toBe('admin_only');
    const late = anAuthenticator({ now: () => 1_000 });
    expect(codeOf(() => late.authenticate(bearer('sk-plain'), chat))).toBe('expired_key');
    expect(codeOf(() => anAuthenticator().authenticate({}, chat))).toBe('missing_key');
  });

  it('leaves calls open without a master key, but no admin route', () => {
    const open = anAuthenticator({ masterKey: undefined });
    expect(open.authenticate({}, chat)).toEqual({ kind: 'open' });
    expect(codeOf(() => open.authenticate(bearer('sk-anything'), blocking))).toBe('admin_only');
  });
});
