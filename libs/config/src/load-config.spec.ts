import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatConfigNotes, loadConfig, readConfig, type Environment } from './index.js';
import { settingsOf } from './testing-settings.js';

describe('the version of the catalog', () => {
  const version = (text: string, environment: Environment = {}) =>
    settingsOf(text, environment).catalog.version;
  const text = (key: string, more = '') =>
    `model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: ${key}, rpm: os.environ/RPM}}]\n${more}`;

  it('changes with whatever changes a decision, and not with a rotated key', () => {
    const one = version(text('a'), { RPM: '1' });
    expect(version(text('b', 'general_settings: {master_key: sk-1}'), { RPM: '1' })).toBe(one);
    expect(version(text('a'), { RPM: '2' })).not.toBe(one);
    expect(version(text('a', 'router_settings: {region_compat: litellm}'), { RPM: '1' })).not.toBe(one);
  });

  it('changes when what nobody can price is served unbilled, and only then', () => {
    const silent = settingsOf(text('a'), { RPM: '1' }).catalog;
    const unbilled = text('a', 'router_settings: {unknown_prices: serve_unbilled}');
    const { catalog } = settingsOf(unbilled, { RPM: '1' });
    expect(catalog).toMatchObject({ unknownPrices: 'serve_unbilled' });
    expect(silent).not.toHaveProperty('unknownPrices');
    expect(catalog.version).not.toBe(silent.version);
  });
});

describe('a configuration that is no text any more', () => {
  it('is read like the file, so that both decide alike', () => {
    const environment = { KEY: 'k' };
    const entry = { model_name: 'm', litellm_params: { model: 'gpt-4o', api_key: 'os.environ/KEY', rpm: 5 } };
    const written = { model_list: [entry], router_settings: { num_retries: 1, redis_port: undefined } };
    const text =
      'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: os.environ/KEY, rpm: 5}}]\n' +
      'router_settings: {num_retries: 1}';
    expect(readConfig(written, { environment })).toEqual(loadConfig(text, { environment }));
  });
});

describe('settings', () => {
  const minimal = 'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k}}]\n';

  it('have defaults', () => {
    const { router, general, catalog } = settingsOf(minimal);
    expect(router).toEqual({
      numRetries: 2,
      timeoutMs: 600_000,
      retryAfterMs: 0,
      retryPolicy: {},
      modelGroupRetryPolicy: {},
      fallbacks: {
        tables: { general: [], context_window: [], content_policy: [] },
        defaults: [],
        maxFallbacks: 5,
      },
      cooldowns: { disabled: false, timeMs: 5_000, allowedFailsPolicy: {} },
      routingStrategy: 'usage-based-routing',
      limitsWithoutRedis: 'local_share',
    });
    expect(general).toEqual({
      maxRequestSizeBytes: 50 * 1024 * 1024,
      userHeaderMappings: [],
      compatLevel: 'signalbox',
      usageWhenFull: 'refuse',
      decisionRecords: 'all',
    });
    expect(catalog).toMatchObject({
      groupAliases: {},
      tagFiltering: { enabled: false, matchAny: true },
      checkContextWindow: false,
      regionCompat: 'strict',
    });
  });

  it('of the router win over those of litellm', () => {
    const { router } = settingsOf(
      `${minimal}router_settings: {num_retries: 1}\nlitellm_settings: {num_retries: 5, request_timeout: 60}\n`,
    );
    expect(router).toMatchObject({ numRetries: 1, timeoutMs: 60_000 });
  });

  it('take the master key and the database from the environment when the file is silent', () => {
    const environment = { LITELLM_MASTER_KEY: 'sk-ambient', DATABASE_URL: 'postgresql://db/x' };
    expect(settingsOf(minimal, environment).general).toMatchObject({
      masterKey: 'sk-ambient',
      databaseUrl: 'postgresql://db/x',
    });
    expect(
      settingsOf(`${minimal}general_settings: {master_key: sk-written}`, environment).general.masterKey,
    ).toBe('sk-written');
  });

  it('refuse a master key from the environment that is none', () => {
    const loaded = loadConfig(minimal, { environment: { LITELLM_MASTER_KEY: 'letmein' } });
    expect(loaded).toMatchObject({ ok: false, faults: [{ path: 'general_settings.master_key' }] });
  });

  it('read everything at once', () => {
    const text = readFileSync(
      new URL('../../../test/fixtures/config/ok/everything-at-once.yaml', import.meta.url),
      'utf8',
    );
    const environment = {
      LITELLM_MASTER_KEY: 'sk-1',
      MISTRAL_API_KEY: 'm',
      OPENAI_API_KEY: 'o',
      LIMIT: '1_000',
    };
    const { router, general, catalog } = settingsOf(text, environment);
    expect(router.fallbacks.tables.general).toEqual([
      { model: 'gpt-4o', fallbacks: [{ model: 'mistral-small' }] },
    ]);
    expect(router).toMatchObject({
      numRetries: 3,
      timeoutMs: 30_500,
      streamTimeoutMs: 5_000,
      retryAfterMs: 0,
      cooldowns: { allowedFails: 3 },
      routingStrategy: 'usage-based-routing',
      limitsWithoutRedis: 'refuse',
      redis: { host: 'cache.internal', port: 6379 },
    });
    expect(general).toMatchObject({
      rejectClientTags: true,
      masterKey: 'sk-1',
      userHeaderName: 'x-openwebui-user-id',
      userHeaderMappings: ['x-customer'],
      keyHeaderName: 'x-litellm-key',
      maxParallelRequests: 100,
      maxRequestSizeBytes: 2 * 1024 * 1024,
      compatLevel: 'litellm',
      usageWhenFull: 'serve_unbilled',
      decisionRecords: 'restricted',
    });
    expect(catalog.groupAliases).toEqual({
      'gpt-4': { model: 'gpt-4o', hidden: false },
      'hidden-one': { model: 'gpt-4o', hidden: true },
      lost: { model: 'nowhere', hidden: false },
    });
    expect(catalog.deployments.map(({ region }) => region?.name)).toEqual([
      'se',
      'us',
      undefined,
      undefined,
      undefined,
      'basement',
      undefined,
      undefined,
    ]);
    expect(catalog.deployments[0]?.limits.rpm).toBe(1_000);
    expect(catalog.deployments.at(-1)?.upstream.apiKey).toBe('o');
  });
});

describe('loadConfig', () => {
  it('names the file in its notes', () => {
    const loaded = loadConfig('model_list: 5\n', { environment: {}, path: 'config.yaml' });
    expect(loaded.ok ? '' : formatConfigNotes(loaded.faults)).toBe(
      'config.yaml:1:13 model_list: must be a list',
    );
  });

  it('lets hundreds of entries share an anchor', () => {
    const entry = '  - {model_name: m, litellm_params: {model: openai/m, api_key: *key, tags: *tags}}\n';
    const text = `key: &key sk-shared\ntags: &tags [a, b]\nmodel_list:\n${entry.repeat(500)}`;
    expect(settingsOf(text).catalog.deployments).toHaveLength(500);
  });

  it('refuses what is nested deeper than the stack, with a bounded number of faults', () => {
    const loaded = loadConfig(`model_list: ${'['.repeat(8_000)}`, { environment: {} });
    expect(loaded.ok).toBe(false);
    expect(loaded.ok ? 0 : loaded.faults.length).toBeLessThanOrEqual(20);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'model_list:',
      '\n',
      '  ',
      '- ',
      'model_name: a',
      '{',
      '}',
      '[',
      '&a',
      '*a',
      'litellm_params:',
      'model: x/y',
      ': ',
      'null',
      '"',
      '<<: ',
      '!!binary x',
      '? ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join('')),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(typeof loadConfig(text, { environment: {} }).ok).toBe('boolean');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever stands where', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('os.environ/X', 'openai/*', 'https://eu.example', 1, -1, 'sk-1'),
    );
    const params = fc.dictionary(
      fc.constantFrom(
        'model',
        'api_base',
        'api_key',
        'rpm',
        'region_name',
        'tags',
        'timeout',
        'organization',
        'extra_body',
        'odd',
      ),
      value,
    );
    const entry = fc.oneof(
      value,
      fc.record(
        { model_name: value, litellm_params: fc.oneof(value, params), model_info: value },
        { requiredKeys: [] },
      ),
    );
    const config = fc.record(
      {
        model_list: fc.oneof(value, fc.array(entry)),
        router_settings: value,
        general_settings: value,
        litellm_settings: value,
        environment_variables: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (shape) => {
        const loaded = loadConfig(JSON.stringify(shape), { environment: { X: 'x' } });
        if (!loaded.ok) expect(loaded.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never tells a secret, right or wrong', () => {
    const secret = 'hunter2 and more';
    const text = `
model_list:
  - {model_name: m, litellm_params: {model: azure/m, api_base: "https://me:${secret}@contoso.example", api_key: "${secret}", rpm: "${secret}", aws_secret_access_key: "${secret}", vendor_key: "${secret}"}}
  - {model_name: m, litellm_params: {model: azure/m, api_base: "${secret}", api_key: os.environ/KEY, timeout: os.environ/KEY, tags: [[os.environ/KEY]]}}
general_settings: {master_key: "${secret}", database_url: "${secret}", compat_level: os.environ/KEY}
router_settings: {redis_url: os.environ/KEY, redis_password: "${secret}", redis_port: os.environ/KEY, routing_strategy: os.environ/KEY}
litellm_settings: {cache_params: {password: "${secret}"}}
`;
    const loaded = loadConfig(text, { environment: { KEY: secret } });
    const notes = [...(loaded.ok ? [] : loaded.faults), ...loaded.warnings];
    expect(notes.length).toBeGreaterThan(10);
    expect(JSON.stringify(notes)).not.toContain('hunter2');
  });
});
