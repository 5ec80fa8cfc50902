// Real: processes, started and killed; the services are small scripts that speak the services' ready message.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeDataLock } from './data-lock.js';
import { lastWords } from './last-words.js';
import { openProcessGuard, stopLeftovers } from './process-guard.js';
import { identifyProcess } from './process-identity.js';
import { startServiceProcess, type ServiceLaunch } from './service-process.js';
import { superviseService } from './supervised-service.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-processes-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const readyService = `
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
  process.send({ type: 'signalbox.ready', service: 'router', opsPort: 1 });
  setInterval(() => {}, 1000);
`;

async function launchOf(name: string, script: string): Promise<ServiceLaunch> {
  const file = path.join(directory, `${name}.cjs`);
  await writeFile(file, script);
  return {
    service: name,
    replica: 1,
    cwd: directory,
    nodeArguments: [file],
    environment: process.env,
    logFile: path.join(directory, `${name}.log`),
    logFlags: 'w',
  };
}

describe('a service process', () => {
  it('is there when it says so, and gone when it is stopped', async () => {
    const service = await startServiceProcess(await launchOf('router', readyService));
    expect(service.opsPort).toBe(1);
    await service.stop();
    expect(await service.exited).toBe('ended with exit code 0');
    expect(await identifyProcess(service.pid)).toBeUndefined();
  });

  it('that ends too early gives the last error of its log as the reason', async () => {
    const script = `
      console.log(JSON.stringify({ level: 30, msg: 'starting' }));
      console.log(JSON.stringify({ level: 60, msg: 'no bus', err: { message: 'ECONNREFUSED' } }));
      process.exit(78);
    `;
    const start = startServiceProcess(await launchOf('usage', script));
    await expect(start).rejects.toThrow('usage 1 ended with exit code 78: no bus: ECONNREFUSED.');
  });

  it('that ignores SIGTERM is killed', async () => {
    const script = readyService.replace('process.exit(0)', 'undefined');
    const service = await startServiceProcess(await launchOf('deaf', script));
    await service.stop(50);
    expect(await service.exited).toBe('ended by SIGKILL');
  });
});

describe('supervision', () => {
  it('brings a killed service back and says so', async () => {
    const said: string[] = [];
    let back: () => void = () => undefined;
    const isBack = new Promise<void>((resolve) => (back = resolve));
    const say = (text: string): void => {
      said.push(text);
      if (text.endsWith('is back')) back();
    };
    const service = await superviseService(await launchOf('phoenix', readyService), { say, restart: true });
    const firstPid = service.current.pid;
    service.current.kill('SIGKILL');
    await isBack;
    expect(said[0]).toBe('phoenix 1 ended by SIGKILL: starting it again in 0.25 s');
    await service.stop();
    expect(service.current.pid).not.toBe(firstPid);
    expect(await identifyProcess(service.current.pid)).toBeUndefined();
  });
});

describe('the guard', () => {
  it('ends what is still watched when its input ends, as it does when the starter is killed', async () => {
    const guard = openProcessGuard(path.join(directory, 'orphans.json'));
    const sleeper = sleepingProcess();
    await guard.watch(sleeper.pid ?? 0, 'sleeper');
    guard.close();
    const [, signal] = (await once(sleeper, 'exit')) as [null, string];
    expect(signal).toBe('SIGINT');
  });

  it('lets the next start end what the record names, and nothing else', async () => {
    const record = path.join(directory, 'processes.json');
    const [ours, bystander] = [sleepingProcess(), sleepingProcess()];
    const identity = await identifyProcess(ours.pid ?? 0);
    await writeFile(
      record,
      JSON.stringify([
        { name: 'ours', ...identity },
        // The same process id, but started at another time: somebody else's.
        { name: 'other', pid: bystander.pid, startedAt: 'long ago' },
      ]),
    );
    expect(await stopLeftovers(record)).toEqual(['ours']);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
  });

  it('forgets what is gone', async () => {
    const record = path.join(directory, 'short.json');
    const guard = openProcessGuard(record);
    const child = sleepingProcess();
    await guard.watch(child.pid ?? 0, 'sleeper');
    expect(await readFile(record, 'utf8')).toContain('"sleeper"');
    child.kill();
    await once(child, 'exit');
    guard.forget(child.pid ?? 0);
    expect(await readFile(record, 'utf8')).toBe('[]\n');
    guard.close();
  });
});

describe('the lock of a data folder', () => {
  it('refuses a second owner in one sentence and is free again after the release', async () => {
    const lock = path.join(directory, 'start.lock');
    const release = await takeDataLock(lock, 'data');
    await expect(takeDataLock(lock, 'data')).rejects.toThrow(
      `data is in use by another Signalbox (process ${process.pid}): stop it, or pass another --data folder.`,
    );
    await release();
    await (
      await takeDataLock(lock, 'data')
    )();
  });

  it('is taken over from an owner who is gone', async () => {
    const lock = path.join(directory, 'stale.lock');
    await writeFile(lock, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    await (
      await takeDataLock(lock, 'data')
    )();
  });
});

it('reads the last error of a log, or its last lines', async () => {
  const log = path.join(directory, 'words.log');
  await writeFile(log, '{"level":50,"msg":"first"}\n{"level":50,"msg":"second"}\n{"level":30,"msg":"bye"}\n');
  expect(lastWords(log)).toEqual(['second']);
  await writeFile(log, '{"level":30,"msg":"one"}\n{"level":30,"msg":"two"}\n');
  expect(lastWords(log)).toEqual(['one', 'two']);
  expect(lastWords(path.join(directory, 'none.log'))).toEqual([]);
});

function sleepingProcess() {
  return spawn('sleep', ['600'], { stdio: 'ignore' });
}
