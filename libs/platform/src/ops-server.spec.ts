// Real: the server on a free port, asked over HTTP.
import { afterEach, describe, expect, it } from 'vitest';
import { counter, durationHistogram, observedGauge } from './metrics.js';
import { startOpsServer, type Check, type OpsServer } from './ops-server.js';

let server: OpsServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function startWith(
  readiness: () => Promise<readonly Check[]> | readonly Check[],
  readinessTimeLimitMs = 10_000,
): Promise<OpsServer> {
  server = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    service: 'router',
    readiness,
    readinessTimeLimitMs,
  });
  return server;
}

async function ask(path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${server?.port ?? 0}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

async function askJson(path: string) {
  const { status, text } = await ask(path);
  return { status, body: JSON.parse(text) as unknown };
}

describe('the ops server', () => {
  it('is alive while the process runs, whatever the checks say', async () => {
    await startWith(() => [{ name: 'redis', ok: false }]);

    expect(await askJson('/health/liveness')).toEqual({
      status: 200,
      body: { status: 'ok', service: 'router' },
    });
  });

  it('is ready when every check is ok', async () => {
    const checks = [
      { name: 'bus', ok: true },
      { name: 'redis', ok: true, detail: 'answers' },
    ];
    await startWith(() => Promise.resolve(checks));

    expect(await askJson('/health/readiness')).toEqual({
      status: 200,
      body: { status: 'ready', service: 'router', checks },
    });
  });

  it('is not ready when one check fails, and says which', async () => {
    const checks = [
      { name: 'bus', ok: true },
      { name: 'redis', ok: false, detail: 'does not answer' },
    ];
    await startWith(() => checks);

    expect(await askJson('/health/readiness')).toEqual({
      status: 503,
      body: { status: 'not ready', service: 'router', checks },
    });
  });

  it('is not ready when the checks throw or do not end', async () => {
    await startWith(() => Promise.reject(new Error('redis://:password@host')));
    const thrown = await ask('/health/readiness');
    expect(thrown.status).toBe(503);
    expect(thrown.text).not.toContain('password');
    await server?.close();

    await startWith(() => new Promise<never>(() => undefined), 1);
    expect((await ask('/health/readiness')).status).toBe(503);
  });

  it('shows the metrics of the process in the format of Prometheus', async () => {
    counter('signalbox_test_events', 'Events of this test.').add(3, { kind: 'good' });
    observedGauge('signalbox_test_depth', 'Depth of this test.', () => 11);
    durationHistogram('signalbox_test_duration_seconds', 'Duration of this test.').record(0.02);
    await startWith(() => []);

    const { status, text } = await ask('/metrics?now');
    expect(status).toBe(200);
    expect(text).toContain('signalbox_test_events_total{kind="good"} 3');
    expect(text).toMatch(/^signalbox_test_depth 11$/m);
    expect(text).toContain('signalbox_test_duration_seconds_bucket{le="0.025"} 1');
    expect(text).toContain('signalbox_test_duration_seconds_bucket{le="0.01"} 0');
  });

  it('has no other paths and takes nothing but GET', async () => {
    await startWith(() => []);

    expect((await ask('/')).status).toBe(404);
    expect((await ask('/health/liveness', 'POST')).status).toBe(405);
  });

  it('fails to start on a port that is taken', async () => {
    const { port } = await startWith(() => []);

    await expect(
      startOpsServer({ host: '127.0.0.1', port, service: 'second', readiness: () => [] }),
    ).rejects.toThrow('EADDRINUSE');
  });
});
