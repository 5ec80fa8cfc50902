import { describe, expect, it } from 'vitest';
import { deploymentsOf, oneDeployment } from './testing-settings.js';

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
    expect(azure('swedencentral.api.cognitive.microsoft.com')).toMatchObject({
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
