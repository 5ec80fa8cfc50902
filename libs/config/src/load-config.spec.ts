import type { Deployment } from '@signalbox/contracts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatConfigNotes, loadConfig, type Environment, type Settings } from './index.js';

function settingsOf(text: string, environment: Environment = {}): Settings {
  const loaded = loadConfig(text, { environment });
  if (!loaded.ok) throw new Error(formatConfigNotes(loaded.faults));
  return loaded.settings;
}

/** The deployments of a `model_list` written as flow mappings, one a line. */
function deploymentsOf(entries: readonly string[], environment: Environment = {}): readonly Deployment[] {
  return settingsOf(`model_list:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`, environment).catalog
    .deployments;
}

function oneDeployment(params: string, more = '', environment: Environment = {}): Deployment {
  const [deployment] = deploymentsOf(
    [`{model_name: m, litellm_params: {api_key: k, ${params}}${more}}`],
    environment,
  );
  if (deployment === undefined) throw new Error('no deployment');
  return deployment;
}

describe('the upstream of a deployment', () => {
  it.each([
    ['model: gpt-4o', 'openai', 'gpt-4o', 'https://api.openai.com/v1'],
    ['model: openai/gpt-4o', 'openai', 'gpt-4o', 'https://api.openai.com/v1'],
    [
      'model: text-completion-openai/gpt-3.5-turbo-instruct',
      'openai',
      'gpt-3.5-turbo-instruct',
      'https://api.openai.com/v1',
    ],
    [
      'model: openrouter/meta-llama/llama-3-8b',
      'openrouter',
      'meta-llama/llama-3-8b',
      'https://openrouter.ai/api/v1',
    ],
    ['model: llama-3, custom_llm_provider: groq', 'groq', 'llama-3', 'https://api.groq.com/openai/v1'],
    ['model: groq/llama-3, custom_llm_provider: groq', 'groq', 'llama-3', 'https://api.groq.com/openai/v1'],
    [
      'model: bedrock/some-model, api_base: "https://proxy.example.com/v1/"',
      'bedrock',
      'some-model',
      'https://proxy.example.com/v1',
    ],
    [
      'model: my-own/llama, api_base: "http://10.0.0.7:8000/v1"',
      'my-own',
      'llama',
      'http://10.0.0.7:8000/v1',
    ],
    [
      'model: openai/gpt-4o, base_url: "http://10.0.0.7:8000/v1"',
      'openai',
      'gpt-4o',
      'http://10.0.0.7:8000/v1',
    ],
  ])('of {%s} is %s, %s at %s', (params, provider, model, apiBase) => {
    expect(oneDeployment(params).upstream).toMatchObject({ provider, model, apiBase, apiKey: 'k' });
  });

  it("falls back to LiteLLM's variables for the provider's own address, and for no other", () => {
    const environment = {
      OPENAI_API_KEY: 'sk-ambient',
      AZURE_API_KEY: 'azure-ambient',
      AZURE_API_BASE: 'https://contoso.openai.azure.com/',
      AZURE_API_VERSION: '2024-06-01',
    };
    const entries = [
      '{model_name: a, litellm_params: {model: gpt-4o}}',
      '{model_name: b, litellm_params: {model: gpt-4o, api_base: "http://elsewhere.example/v1"}}',
      '{model_name: c, litellm_params: {model: azure/gpt-4o}}',
    ];
    const [own, elsewhere, azure] = deploymentsOf(entries, environment).map(({ upstream }) => upstream);
    expect(own?.apiKey).toBe('sk-ambient');
    expect(elsewhere).not.toHaveProperty('apiKey');
    expect(azure).toMatchObject({
      apiBase: 'https://contoso.openai.azure.com',
      apiKey: 'azure-ambient',
      apiVersion: '2024-06-01',
    });
  });

  it('forwards parameters it does not know, and keeps what is not for the body out of it', () => {
    const params =
      'model: bedrock/m, api_base: "https://p.example/v1", temperature: 0, vendor_switch: true, aws_region_name: eu-west-1, aws_access_key_id: AKIA, stream: true, extra_body: {top_k: 3}';
    const { upstream } = oneDeployment(params);
    expect(upstream.extraBody).toEqual({ top_k: 3, temperature: 0, vendor_switch: true });
    expect(upstream.regionSettings).toEqual({ aws_region_name: 'eu-west-1' });
  });

  it('is one for each organization', () => {
    const deployments = deploymentsOf([
      '{model_name: m, litellm_params: {model: gpt-4o, api_key: k, organization: [org-1, org-2]}}',
    ]);
    expect(deployments.map(({ upstream }) => upstream.organization)).toEqual(['org-1', 'org-2']);
    expect(new Set(deployments.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the limits and preferences of a deployment', () => {
  it('are looked for at the top, then in litellm_params, then in model_info', () => {
    expect(
      oneDeployment(
        'model: m, rpm: 2, tpm: 20',
        ', rpm: 1, model_info: {rpm: 3, tpm: 30, max_parallel_requests: 4}',
      ).limits,
    ).toEqual({
      rpm: 1,
      tpm: 20,
      maxParallelRequests: 4,
    });
  });

  it('may come as text from the environment', () => {
    const deployment = oneDeployment('model: m, rpm: os.environ/RPM, timeout: os.environ/TIMEOUT', '', {
      RPM: '60',
      TIMEOUT: '1.5',
    });
    expect([deployment.limits.rpm, deployment.timeoutMs]).toEqual([60, 1_500]);
  });

  it('turn seconds into milliseconds', () => {
    expect(
      oneDeployment(
        'model: m, timeout: 30, stream_timeout: 0.25, max_retries: 0, order: 1, weight: 0.5, tags: [a, b]',
      ),
    ).toMatchObject({
      timeoutMs: 30_000,
      streamTimeoutMs: 250,
      maxRetries: 0,
      order: 1,
      weight: 0.5,
      tags: ['a', 'b'],
    });
  });

  it('keep model_info as it is written, variables unresolved', () => {
    const deployment = oneDeployment(
      'model: m',
      ', model_info: {id: 7, mode: chat, team_id: t, max_input_tokens: 100, note: os.environ/NOTE}',
      { NOTE: 'secret' },
    );
    expect(deployment).toMatchObject({ id: '7', mode: 'chat', teamId: 't', maxInputTokens: 100 });
    expect(deployment.modelInfo['note']).toBe('os.environ/NOTE');
  });
});

describe('the region of a deployment', () => {
  const azure = (host: string, more = '') =>
    oneDeployment(`model: azure/m, api_base: "https://${host}"${more}`);

  it('is declared before it is inferred', () => {
    expect(azure('swedencentral.api.cognitive.microsoft.com', ', region_name: eu')).toMatchObject({
      region: { name: 'eu', zone: 'eu' },
      regionSource: 'declared',
    });
    expect(azure('my-endpoint-europe-berri-992.openai.azure.com')).toMatchObject({
      region: { zone: 'eu' },
      regionSource: 'inferred',
    });
  });

  it('is absent when nobody knows it', () => {
    expect(azure('openai-gpt-4-test-v-1.openai.azure.com')).not.toHaveProperty('region');
    expect(azure('openai-gpt-4-test-v-1.openai.azure.com')).not.toHaveProperty('regionSource');
  });
});

describe('ids', () => {
  const entry = (more: string) =>
    `{model_name: m, litellm_params: {model: azure/m, api_base: "https://a.example", ${more}}}`;

  it('are the same at every start, whatever the secrets and the environment', () => {
    const first = deploymentsOf([entry('api_key: one')])[0]?.id;
    expect(deploymentsOf([entry('api_key: two')])[0]?.id).toBe(first);
    const read = entry('api_key: os.environ/KEY, timeout: os.environ/T');
    expect(deploymentsOf([read], { KEY: 'a', T: '1' })[0]?.id).toBe(
      deploymentsOf([read], { KEY: 'b', T: '2' })[0]?.id,
    );
  });

  it('tell entries apart, also equal ones', () => {
    const ids = deploymentsOf([entry('api_key: a'), entry('api_key: a'), entry('api_key: a, rpm: 1')]).map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });
});

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
});

describe('settings', () => {
  const minimal = 'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k}}]\n';

  it('have defaults', () => {
    const { router, general, catalog } = settingsOf(minimal);
    expect(router).toEqual({
      numRetries: 2,
      timeoutMs: 600_000,
      retryAfterMs: 0,
      routingStrategy: 'simple-shuffle',
    });
    expect(general).toEqual({
      maxRequestSizeBytes: 50 * 1024 * 1024,
      userHeaderMappings: [],
      compatLevel: 'signalbox',
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
    expect(router).toEqual({
      numRetries: 3,
      timeoutMs: 30_500,
      streamTimeoutMs: 5_000,
      retryAfterMs: 0,
      routingStrategy: 'usage-based-routing',
      redis: { host: 'cache.internal', port: 6379 },
    });
    expect(general).toMatchObject({
      masterKey: 'sk-1',
      userHeaderName: 'x-openwebui-user-id',
      userHeaderMappings: ['x-customer'],
      keyHeaderName: 'x-litellm-key',
      maxParallelRequests: 100,
      maxRequestSizeBytes: 2 * 1024 * 1024,
      compatLevel: 'litellm',
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
