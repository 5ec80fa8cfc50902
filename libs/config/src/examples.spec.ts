// The files in the root of the repository that people copy.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig, routingStrategies } from './index.js';

const environment = {
  SIGNALBOX_FAKE_EU_URL: 'http://127.0.0.1:9100/eu',
  SIGNALBOX_FAKE_US_URL: 'http://127.0.0.1:9100/us',
  SIGNALBOX_FAKE_SWEDEN_URL: 'http://127.0.0.1:9100/sweden',
};

function settingsOf(file: string) {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  const loaded = loadConfig(text, { environment, path: file });
  expect(loaded).toMatchObject({ ok: true, warnings: [] });
  if (!loaded.ok) throw new Error('not loaded');
  return loaded.settings;
}

describe('config.example.yaml', () => {
  it('serves gpt-3.5-turbo from the eu, from the us and from where the provider says it is', () => {
    const { catalog, general } = settingsOf('config.example.yaml');
    const group = catalog.deployments.filter(({ modelGroup }) => modelGroup === 'gpt-3.5-turbo');
    expect(group.map(({ region }) => region?.zone)).toEqual(['eu', 'us', undefined]);
    expect(group.map(({ upstream }) => upstream.provider)).toEqual(['azure', 'openai', 'azure']);
    expect(general.masterKey).toBe('sk-1234');
  });

  it('has the groups that team aliases and every kind of call need', () => {
    const groups = new Set(
      settingsOf('config.example.yaml').catalog.deployments.map(({ modelGroup }) => modelGroup),
    );
    expect([...groups]).toEqual([
      'gpt-3.5-turbo',
      'gpt-3.5-turbo-eu',
      'gpt-3.5-turbo-us',
      'text-embedding-3-small',
      'gpt-image-1',
      'gpt-4o-mini-tts',
      'gpt-4o-transcribe',
      'omni-moderation-latest',
    ]);
  });
});

describe('docs/strategies.md', () => {
  const page = readFileSync(new URL('../../../docs/strategies.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/## (\S+)\n[^]*?```yaml\n([^]*?)```/g)].map(
    ([, title = '', yaml = '']) => ({
      title,
      yaml,
    }),
  );

  it('has an example of every strategy', () => {
    expect(examples.map(({ title }) => title).toSorted()).toEqual(routingStrategies.toSorted());
  });

  it.each(examples)('shows $title with a configuration that is right', ({ title, yaml }) => {
    const loaded = loadConfig(yaml, { environment });
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [],
      settings: { router: { routingStrategy: title } },
    });
  });

  it('orders the deployments of its cost example by prices from three places', () => {
    const yaml = examples.find(({ title }) => title === 'cost-based-routing')?.yaml ?? '';
    const loaded = loadConfig(yaml, { environment });
    const deployments = loaded.ok ? loaded.settings.catalog.deployments : [];
    const costs = deployments.map(
      ({ inputCostPerToken = NaN, outputCostPerToken = NaN }) => inputCostPerToken + outputCostPerToken,
    );
    expect(costs).toEqual(costs.toSorted((one, other) => other - one));
    expect(costs.at(-1)).toBeCloseTo(6e-8, 12);
  });
});

describe('docs/limits.md', () => {
  it('shows a configuration that is right', () => {
    const page = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    expect(loadConfig(yaml, { environment })).toMatchObject({ ok: true, warnings: [] });
  });
});

describe('docs/retries-and-fallbacks.md', () => {
  it('shows a configuration that is right', () => {
    const page = readFileSync(new URL('../../../docs/retries-and-fallbacks.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const loaded = loadConfig(yaml, { environment });
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });
});

describe('router_config_template.yaml', () => {
  it('is a router without keys over three deployments with limits', () => {
    const { catalog, general } = settingsOf('router_config_template.yaml');
    expect(general.masterKey).toBeUndefined();
    expect(catalog.deployments.map(({ limits }) => limits)).toEqual([
      { rpm: 1_800, tpm: 240_000 },
      { rpm: 1_800, tpm: 240_000 },
      { rpm: 9_000, tpm: 1_000_000 },
    ]);
  });
});
