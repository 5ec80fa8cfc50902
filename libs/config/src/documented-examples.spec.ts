import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const pages = ['README.md', ...readdirSync(`${checkout}docs`).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith('.md'),
);
const examples = pages.flatMap((page) =>
  [...readFileSync(checkout + page, 'utf8').matchAll(/```yaml\n([^`]+)```/g)].map(
    ([, text = '']): [page: string, text: string] => [page, text],
  ),
);
/** What an excerpt of a configuration leaves out. */
const modelList = `
model_list:
  - model_name: any
    litellm_params: { model: openai/any, api_base: https://any.example, api_key: any }
`;

describe('the configurations that documentation shows', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.each(examples)('%s: no fault, no warning in %s', (path, excerpt) => {
    const text = excerpt.includes('model_list:') ? excerpt : excerpt + modelList;
    const environment = Object.fromEntries(
      [...text.matchAll(/os\.environ\/(\w+)/g)].map(([, name = '']): [string, string] => [
        name,
        name.endsWith('_URL') ? 'http://127.0.0.1:1/eu' : 'sk-from-the-environment',
      ]),
    );
    const { warnings, ...loaded } = loadConfig(text, { environment, path });
    expect({ faults: loaded.ok ? [] : loaded.faults, warnings }).toEqual({ faults: [], warnings: [] });
  });
});
