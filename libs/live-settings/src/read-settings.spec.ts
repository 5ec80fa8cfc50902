/** Real: files in a temporary folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettings } from './read-settings.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-settings-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function fileOf(text: string): Promise<string> {
  const file = path.join(directory, 'config.yaml');
  await writeFile(file, text);
  return file;
}

const deployment = '- {model_name: gpt-4, litellm_params: {model: openai/gpt-4, api_key: os.environ/A_KEY}}';

it('reads a configuration with the environment it refers to', async () => {
  const file = await fileOf(`model_list:\n  ${deployment}\n`);
  const read = await readSettings(file, { A_KEY: 'sk-hidden' });
  expect(read).toMatchObject({ ok: true, settings: { catalog: { deployments: [{ modelGroup: 'gpt-4' }] } } });
});

it('says in words what is wrong and never the secret', async () => {
  const file = await fileOf(`model_list:\n  ${deployment}\n`);
  const read = await readSettings(file, {});
  expect(read.ok ? '' : read.problem).toContain('A_KEY');
});

it('names a file that is not there', async () => {
  const missing = path.join(directory, 'missing.yaml');
  expect(await readSettings(missing, {})).toEqual({
    ok: false,
    problem: `${missing}: cannot be read (ENOENT)`,
  });
});
