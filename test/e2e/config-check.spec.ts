import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandRun } from './command-run.js';

// Real: `npm run config:check` as a user types it.

vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-config-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function check(text?: string): Promise<{ exitCode: number | null; said: string }> {
  const file = path.join(folder, 'mine.yaml');
  if (text !== undefined) await writeFile(file, text);
  const run = new CommandRun('npm', ['run', 'config:check', ...(text === undefined ? [] : ['--', file])]);
  return { exitCode: await run.ended(), said: run.said };
}

describe('npm run config:check', () => {
  it('finds the example good', async () => {
    const { exitCode, said } = await check();
    expect(said).toMatch(/config\.example\.yaml is good\. Deployments: \d+; model groups: \d+\./);
    expect(exitCode).toBe(0);
  });

  it('lists every fault with its place, never the secret, and fails', async () => {
    const { exitCode, said } = await check(`model_list:
  - model_name: a
    litellm_params: { model: openai/gpt-4o, api_key: os.environ/NO_SUCH_VARIABLE }
  - litellm_params: { model: openai/gpt-4o, api_key: sk-very-secret, rpm: -1 }
  - model_name: b
    litellm_params: { model: openai/x, api_base: "https://us.api.openai.com/v1", api_key: sk-1, region_name: eu }
`);
    expect(exitCode).toBe(1);
    expect(said).toMatch(/mine\.yaml:3:\d+ model_list\[0\]\.litellm_params\.api_key: .*NO_SUCH_VARIABLE/);
    expect(said).toMatch(/mine\.yaml:4(:\d+)? model_list\[1\]/);
    expect(said).toMatch(/model_list\[1\]\.litellm_params\.rpm/);
    expect(said).toMatch(/model_list\[2\]\.litellm_params\.region_name/);
    expect(said).not.toContain('sk-very-secret');
  });

  it('warns of keys it does not know, and does not fail for them', async () => {
    const { exitCode, said } = await check(`model_list:
  - { model_name: a, litellm_params: { model: openai/gpt-4o, api_key: sk-1 } }
general_settings: { master_kee: sk-1234 }
`);
    expect(exitCode).toBe(0);
    expect(said).toMatch(/general_settings\.master_kee/);
  });

  it('says where each model can serve, and which fallbacks never apply', async () => {
    const { said } = await check(`model_list:
  - { model_name: here, litellm_params: { model: openai/x, api_base: "https://eu.api.openai.com/v1", api_key: k } }
  - { model_name: there, litellm_params: { model: openai/x, api_key: k, region_name: us } }
  - { model_name: lost, litellm_params: { model: openai/x, api_key: k } }
router_settings: { fallbacks: [{ here: [there] }, { there: [lost] }] }
`);
    expect(said).toContain(`Regions:
  here: eu
    fallback there: never for callers restricted to eu
  there: us; callers restricted to eu are refused
    fallback lost: never for callers restricted to any region
  lost: nowhere for certain; 1 of 1 deployments without a region; callers restricted to eu or us are refused`);
  });

  it('says where YAML stops being YAML', async () => {
    const { exitCode, said } = await check('model_list:\n  - model_name: [a\n');
    expect(exitCode).toBe(1);
    expect(said).toMatch(/mine\.yaml:\d+/);
  });
});
