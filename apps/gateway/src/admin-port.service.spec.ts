/** Real: HTTP on both ports, the whole gateway, NATS. Fake: what router, identity and provider say. */
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenForAdmins } from './admin-listener.js';
import { AdminPort } from './authentication/admin-port.js';
import { createHttpAdapter } from './http-adapter.js';
import { FakeProvider } from './spec-support/fake-provider.js';
import { GatewayUnderTest, masterKey } from './spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };
const withMaster = { authorization: `Bearer ${masterKey}` };

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [aDeployment({ upstream: { apiBase: provider.apiBase('one') } })],
    general: { adminPort: 0 },
  });
});
afterAll(async () => {
  await under.stop();
  await provider.stop();
});

function ask(port: 'public' | 'admin', method: string, path: string, body?: object): Promise<Response> {
  const { gateway } = under;
  const number = port === 'public' ? gateway.port : gateway.adminPort;
  return fetch(`http://127.0.0.1:${number}${path}`, {
    method,
    headers: { ...withMaster, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('an admin API with a port of its own', () => {
  it('serves there what is for admins, and calls where they came in before', async () => {
    expect((await ask('admin', 'GET', '/health')).status).toBe(200);
    expect((await ask('public', 'POST', '/v1/chat/completions', chat)).status).toBe(200);
    expect((await ask('public', 'GET', '/v1/models')).status).toBe(200);
  });

  it('cannot be told from nothing at the public port, even with the master key', async () => {
    const paths: [string, string][] = [
      ['POST', '/key/generate'],
      ['GET', '/key/generate'],
      ['GET', '/key/info'],
      ['HEAD', '/key/list'],
      ['POST', '/team/new'],
      ['GET', '/health'],
      ['GET', '/usage'],
    ];
    for (const [method, path] of paths) {
      const [hidden, nothing] = await Promise.all([
        ask('public', method, path),
        ask('public', method, '/nothing/here'),
      ]);
      expect([path, hidden.status, await hidden.text()]).toEqual([path, 404, await nothing.text()]);
      expect(hidden.headers.get('allow')).toBeNull();
    }
  });

  it('takes no calls', async () => {
    expect((await ask('admin', 'POST', '/v1/chat/completions', chat)).status).toBe(404);
  });

  it.each(['/health/liveness', '/docs-json'])('has what needs no key at both: %s', async (path) => {
    expect((await ask('admin', 'GET', path)).status).toBe(200);
    expect((await ask('public', 'GET', path)).status).toBe(200);
  });

  it('tells a wrong method from a wrong path only where the route is', async () => {
    const response = await ask('admin', 'GET', '/key/generate');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

it('does not start when its port is taken', async () => {
  const instance = createHttpAdapter({ maxRequestSizeBytes: 1, requestTimeoutMs: 1_000 }).getInstance();
  const taken = { host: '127.0.0.1', port: under.gateway.port };
  await expect(listenForAdmins(instance, new AdminPort(true), taken, 1_000)).rejects.toThrow('EADDRINUSE');
});

it('stops listening at both ports', async () => {
  const other = await GatewayUnderTest.start({ deployments: [], general: { adminPort: 0 } });
  const { adminPort } = other.gateway;
  await other.stop();
  await expect(fetch(`http://127.0.0.1:${adminPort ?? 0}/health/liveness`)).rejects.toThrow('fetch failed');
});
