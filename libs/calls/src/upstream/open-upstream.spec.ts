/** Fake: a dispatcher that only notes what it is given. That this is the only door, lint sees: test/workspace. */
import { aDeployment } from '@signalbox/routing/testing';
import { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { openUpstream } from './open-upstream.js';
import { ProbePermit } from './permit.js';

class NotingDispatcher extends Dispatcher {
  readonly noted: Dispatcher.DispatchOptions[] = [];
  override dispatch(options: Dispatcher.DispatchOptions): boolean {
    this.noted.push(options);
    return true;
  }
}

const timeouts = { deadlineMs: 1_000, silenceMs: 0 };
const permit = ProbePermit.for(aDeployment({ upstream: { apiBase: 'https://API.example.com:443/v1' } }));

describe('openUpstream', () => {
  it('sends to the endpoint of the permit', () => {
    const dispatcher = new NotingDispatcher();
    const url = 'https://API.example.com:443/v1/models?x=1';
    openUpstream(dispatcher, permit, { method: 'GET', url, headers: {} }, timeouts).abort('client_gone');
    expect(dispatcher.noted[0]).toMatchObject({ origin: 'https://api.example.com', path: '/v1/models?x=1' });
  });

  it.each([
    'https://evil.example/v1/models',
    'https://api.example.com.evil.example/v1',
    'http://api.example.com/v1',
  ])('sends nothing to %s', (url) => {
    const dispatcher = new NotingDispatcher();
    expect(() => openUpstream(dispatcher, permit, { method: 'GET', url, headers: {} }, timeouts)).toThrow(
      'addressed elsewhere',
    );
    expect(dispatcher.noted).toEqual([]);
  });

  it('lets a probe carry nothing', () => {
    const request = {
      method: 'POST',
      url: 'https://api.example.com/v1/x',
      headers: {},
      body: Buffer.from('{}'),
    } as const;
    expect(() => openUpstream(new NotingDispatcher(), permit, request, timeouts)).toThrow('carries no data');
  });

  it.each(['call', 'probe'] as const)('sends nothing for what only looks like a permit of a %s', (kind) => {
    const dispatcher = new NotingDispatcher();
    const forged = { kind, deployment: permit.deployment } as unknown as typeof permit;
    const url = 'https://api.example.com/v1/models';
    expect(() => openUpstream(dispatcher, forged, { method: 'GET', url, headers: {} }, timeouts)).toThrow(
      'without a permit',
    );
    expect(dispatcher.noted).toEqual([]);
  });
});
