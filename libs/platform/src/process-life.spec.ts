// Real: a process per test, real signals, a real IPC channel. Nothing is faked.
import { afterEach, describe, expect, it } from 'vitest';
import { startScript, type TestProcess } from './testing/child-process.js';

const running: TestProcess[] = [];

afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

async function startService(...args: string[]): Promise<TestProcess> {
  const service = startScript('service.ts', { arguments: args });
  running.push(service);
  await service.message();
  return service;
}

describe('reportReady', () => {
  it('tells the parent which ports it serves', async () => {
    const service = await startService();

    expect(service.messages).toEqual([
      { type: 'signalbox.ready', service: 'test', httpPort: 4_000, opsPort: 4_001 },
    ]);
    await service.says('"msg":"test is ready"');
  });
});

describe('onShutdown', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('runs the steps on %s and exits with 0', async (signal) => {
    const service = await startService();
    service.child.kill(signal);

    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.output).toContain('second step ran');
  });

  it('runs the steps when the parent is gone', async () => {
    const service = await startService();
    service.child.disconnect();

    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.output).toContain('the parent process is gone');
  });

  it('runs the other steps when one fails, and exits with 1', async () => {
    const service = await startService('failing');
    service.child.kill('SIGTERM');

    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output).toContain('"step":"first"');
    expect(service.output).toContain('second step ran');
  });

  it('exits with 1 when the time is up', async () => {
    const service = await startService('stuck', '1');
    service.child.kill('SIGTERM');

    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output).toContain('shutdown took too long');
  });

  it('exits at once on a second signal', async () => {
    const service = await startService('stuck');
    service.child.kill('SIGTERM');
    await service.says('shutting down');
    service.child.kill('SIGTERM');

    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output).not.toContain('second step ran');
  });
});

describe('exitOnFatalError', () => {
  it.each(['throws', 'rejects'])('logs the error and exits with 1 when code %s uncaught', async (kind) => {
    const service = startScript('service.ts', { arguments: [kind] });
    running.push(service);

    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output).toMatch(/"level":"fatal".*nobody catches this.*"msg":"uncaught error, exiting"/);
  });
});

describe('readProcessConfig', () => {
  it('names every variable at fault but not its value, and exits with 78', async () => {
    const service = startScript('service.ts', { arguments: ['misconfigured'] });
    running.push(service);

    expect(await service.exited).toEqual({ code: 78, signal: null });
    expect(service.output).toMatch(/^The environment is not complete: NATS_URL is missing; PORT: .+\.\n$/);
    expect(service.output).not.toContain('secret-port');
  });
});
