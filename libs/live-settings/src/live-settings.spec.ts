/** Real: a file in a temporary folder, its parser, metrics and signals of this process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Settings } from '@signalbox/config';
import { createLogger, handleMetricsRequest } from '@signalbox/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLiveSettings, type LiveSettings } from './live-settings.js';

interface Line {
  readonly msg: string;
  readonly settings?: readonly string[];
}

let directory: string;
let configPath: string;
let lines: Line[];
let live: LiveSettings<string[]>;

const modelsOf = ({ catalog }: Settings): string[] => catalog.deployments.map(({ modelGroup }) => modelGroup);
const secret = 'sk-a-secret-of-the-file';
const withModels = (...names: string[]): string =>
  `model_list:\n${names.map((name) => `  - {model_name: ${name}, litellm_params: {model: openai/m, api_key: ${secret}}}\n`).join('')}`;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-live-'));
  configPath = path.join(directory, 'config.yaml');
  lines = [];
  await writeFile(configPath, withModels('a'));
});
afterEach(async () => {
  await live.close();
  await rm(directory, { recursive: true });
});

async function start(derive: (settings: Settings) => Promise<string[]> | string[] = modelsOf): Promise<void> {
  const logger = createLogger({
    service: 'live-settings-spec',
    level: 'info',
    destination: { write: (line) => lines.push(JSON.parse(line) as Line) },
  });
  live = await startLiveSettings({ configPath, environment: {}, derive, logger, everyMs: 5 });
}

/** What the metric says is in force: of one process there must be one. */
async function versionsInForce(): Promise<(string | undefined)[]> {
  const lines = (await metrics()).matchAll(
    /^signalbox_config_version\{[^}]*\bversion="([0-9a-f]{32})"[^}]*\} 1\b/gm,
  );
  return Array.from(lines, ([, version]) => version);
}

async function metrics(): Promise<string> {
  const server = createServer(handleMetricsRequest).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    return await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  } finally {
    server.close();
  }
}

describe('a changed file', () => {
  it('is put in force as a whole, by itself', async () => {
    await start();
    const before = await versionsInForce();
    await writeFile(configPath, withModels('b', 'c'));
    await expect.poll(() => live.inForce.current).toEqual(['b', 'c']);
    expect(lines.map(({ msg }) => msg)).toContain('the configuration was read again');
    expect(await metrics()).toMatch(/signalbox_config_reload_total\{[^}]*result="success"/);
    const after = await versionsInForce();
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
  });

  it('is read at once on SIGHUP', async () => {
    await start();
    let replaced = 0;
    live.inForce.onChange(() => (replaced += 1));
    process.emit('SIGHUP');
    await expect.poll(() => replaced).toBe(1);
  });

  it.each([
    ['is no YAML', 'model_list: [', 'config.yaml:1'],
    ['has a fault', withModels('b').replace('openai/m', 'openai/'), 'model_list[0].litellm_params.model'],
    ['has no models', 'model_list: []', 'model_list'],
  ])('that %s leaves the one before in force and says so once', async (_, text, told) => {
    await start();
    await writeFile(configPath, text);
    await live.reload();
    expect(live.inForce.current).toEqual(['a']);
    const problems = lines.filter(({ msg }) => msg.includes('the one before stays in force'));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.msg).toContain(told);
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(await metrics()).toMatch(/signalbox_config_reload_total\{[^}]*result="failure"/);
    await writeFile(configPath, withModels('c'));
    await expect.poll(() => live.inForce.current).toEqual(['c']);
  });

  it('of which nothing can be made leaves the one before in force', async () => {
    await start((settings) => {
      const models = modelsOf(settings);
      if (models.includes('impossible')) throw new Error('cannot be');
      return models;
    });
    await writeFile(configPath, withModels('impossible'));
    await live.reload();
    expect(live.inForce.current).toEqual(['a']);
  });

  it('changes what it can and names what waits for a restart', async () => {
    await start();
    await writeFile(configPath, `${withModels('b')}general_settings: {master_key: sk-new-master}\n`);
    await live.reload();
    expect(live.inForce.current).toEqual(['b']);
    expect(lines.find(({ settings }) => settings)?.settings).toEqual(['general_settings.master_key']);
    expect(JSON.stringify(lines)).not.toContain('sk-new-master');
  });

  it('is taken after the one before, however long that takes', async () => {
    const waiting: (() => void)[] = [];
    await start(async (settings) => {
      const models = modelsOf(settings);
      if (models.includes('slow')) await new Promise<void>((resolve) => waiting.push(resolve));
      return models;
    });
    await writeFile(configPath, withModels('slow'));
    const slow = live.reload();
    await expect.poll(() => waiting.length).toBe(1);
    await writeFile(configPath, withModels('quick'));
    const quick = live.reload();
    for (const go of waiting) go();
    await Promise.all([slow, quick]);
    expect(live.inForce.current).toEqual(['quick']);
  });
});
