import { describe, expect, it } from 'vitest';
import { inferRegion } from './infer-region.js';

function inferred(facts: {
  base?: string;
  model?: string;
  provider?: string;
  settings?: Record<string, string>;
}): string | undefined {
  const region = inferRegion({
    provider: facts.provider ?? 'azure',
    model: facts.model ?? 'gpt-4o',
    apiBase: facts.base ?? 'https://api.example.com/v1',
    regionSettings: facts.settings ?? {},
  });
  return region === undefined ? undefined : `${region.name} in ${region.zone ?? 'no zone'}`;
}

describe('inferRegion from hosts that the provider named', () => {
  it.each([
    ['https://swedencentral.api.cognitive.microsoft.com', 'swedencentral in eu'],
    ['https://eastus2.api.cognitive.microsoft.com/', 'eastus2 in us'],
    ['https://eu.api.openai.com/v1', 'eu in eu'],
    ['https://us.api.openai.com/v1', 'us in us'],
    ['https://jp.api.openai.com/v1', 'jp in ap'],
    ['https://api.eu.mistral.ai/v1', 'eu in eu'],
    ['https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1', 'eu-central-1 in eu'],
    ['https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1 in us'],
    ['https://bedrock-mantle.eu-north-1.api.aws/v1', 'eu-north-1 in eu'],
    ['https://europe-west4-aiplatform.googleapis.com/v1', 'europe-west4 in eu'],
    ['https://europe-west2-aiplatform.googleapis.com/v1', 'europe-west2 in uk'],
    ['https://eu-aiplatform.googleapis.com/v1', 'eu in eu'],
    ['https://aiplatform.us.rep.googleapis.com/v1', 'us in us'],
    ['https://eu-gb.ml.cloud.ibm.com', 'eu-gb in uk'],
    ['https://eu.openrouter.ai/api/v1', 'eu in eu'],
    ['https://contoso.openai.azure.us', 'us in us'],
    ['https://contoso-usgovvirginia.openai.azure.us', 'usgovvirginia in us'],
    ['https://contoso.openai.azure.cn', 'cn in cn'],
  ])('%s is %s', (base, region) => {
    expect(inferred({ base, provider: 'openai' })).toBe(region);
  });

  it.each([
    'https://api.openai.com/v1',
    'https://contoso-europe.openai.azure.cn',
    'https://kr.api.openai.com/v1',
    'https://api.mistral.ai/v1',
    'https://aiplatform.googleapis.com/v1',
    'https://global-aiplatform.googleapis.com/v1',
    'https://eu.example.com/v1',
    'https://eu.api.openai.com.evil.example/v1',
    'https://evil.example/eu.api.openai.com',
    'http://127.0.0.1:9000/eu',
    'not an address',
  ])('%s tells nothing', (base) => {
    expect(inferred({ base, provider: 'openai' })).toBeUndefined();
  });
});

describe('inferRegion from Azure resource names', () => {
  it.each([
    ['my-endpoint-europe-berri-992', 'eu in eu'],
    ['contoso-eu', 'eu in eu'],
    ['contoso-us-prod', 'us in us'],
    ['contoso-swedencentral', 'swedencentral in eu'],
    ['contoso-eu-swedencentral-01', 'swedencentral in eu'],
    ['contoso-west-europe', 'westeurope in eu'],
    ['contoso-east-us-2', 'eastus2 in us'],
    ['contoso-france', 'fr in eu'],
    ['contoso-sweden-eu', 'se in eu'],
    ['contoso-uk', 'uk in uk'],
    ['switzerland-bot', 'ch in ch'],
  ])('%s is %s', (resource, region) => {
    expect(inferred({ base: `https://${resource}.openai.azure.com/` })).toBe(region);
    expect(inferred({ base: `https://${resource}.cognitiveservices.azure.com/` })).toBe(region);
  });

  it.each([
    'openai-gpt-4-test-v-1',
    'europeana',
    'museum',
    'eurostar-bot',
    'contoso-eu-us',
    'contoso-europe-uksouth',
    'contoso-eastus-westus',
    'contoso-eu-global',
    'my-prod-in',
    'it-department',
    'constructor',
  ])('%s tells nothing', (resource) => {
    expect(inferred({ base: `https://${resource}.openai.azure.com` })).toBeUndefined();
  });
});

describe('inferRegion from settings and models', () => {
  it.each([
    [{ aws_region_name: 'eu-west-1' }, 'eu-west-1 in eu'],
    [{ aws_region_name: 'eu-west-2' }, 'eu-west-2 in uk'],
    [{ vertex_location: 'europe-west9' }, 'europe-west9 in eu'],
    [{ vertex_location: 'eu' }, 'eu in eu'],
    [{ watsonx_region_name: 'eu-de' }, 'eu-de in eu'],
    [{ aws_bedrock_runtime_endpoint: 'https://bedrock-runtime.us-west-2.amazonaws.com' }, 'us-west-2 in us'],
    [{ vertex_location: 'global' }, undefined],
    [{ aws_region_name: 'moon-base-1' }, undefined],
    [
      {
        aws_region_name: 'eu-west-1',
        aws_bedrock_runtime_endpoint: 'https://bedrock-runtime.us-west-2.amazonaws.com',
      },
      undefined,
    ],
  ])('%j is %s', (settings, region) => {
    expect(inferred({ provider: 'bedrock', model: 'some-model', settings })).toBe(region);
  });

  it.each([
    ['eu.anthropic.claude-sonnet-4-5-v1:0', 'eu-central-1', 'eu in eu'],
    ['us.anthropic.claude-sonnet-4-5-v1:0', 'us-east-1', 'us in us'],
    ['apac.amazon.nova-pro-v1:0', 'ap-southeast-1', 'ap in ap'],
    ['jp.anthropic.claude-sonnet-4-5-v1:0', 'ap-northeast-1', 'jp in ap'],
    ['anthropic.claude-sonnet-4-5-v1:0', 'eu-central-1', 'eu-central-1 in eu'],
    ['converse/eu.anthropic.claude-sonnet-4-5-v1:0', 'eu-central-1', 'eu in eu'],
    ['global.anthropic.claude-sonnet-4-5-v1:0', 'eu-central-1', undefined],
    ['us.anthropic.claude-sonnet-4-5-v1:0', 'eu-central-1', undefined],
    ['eu.anthropic.claude-sonnet-4-5-v1:0', 'eu-west-2', undefined],
    ['us-gov.anthropic.claude-sonnet-4-5-v1:0', 'us-gov-west-1', 'us in us'],
    ['au.anthropic.claude-sonnet-4-5-v1:0', 'ap-southeast-2', 'au in ap'],
    ['ca.amazon.nova-lite-v1:0', 'ca-central-1', 'ca in ca'],
    ['arn:aws:bedrock:eu-west-3:1:inference-profile/eu.amazon.nova-pro-v1:0', 'eu-west-3', 'eu in eu'],
    ['arn:aws:bedrock:eu-west-3:1:inference-profile/global.amazon.nova-2-lite-v1:0', 'eu-west-3', undefined],
    ['arn:aws:bedrock:eu-west-3:1:application-inference-profile/x1y2z3', 'eu-west-3', undefined],
    ['arn:aws:bedrock:eu-west-3:1:default-prompt-router/anthropic.claude:1', 'eu-west-3', undefined],
    ['arn:aws:bedrock:eu-west-3:1:provisioned-model/x1y2z3', 'eu-west-3', 'eu-west-3 in eu'],
  ])('the inference profile %s called from %s is %s', (model, aws_region_name, region) => {
    expect(inferred({ provider: 'bedrock', model, settings: { aws_region_name } })).toBe(region);
  });

  it('takes no profile from a model elsewhere that happens to look like one', () => {
    expect(inferred({ provider: 'openai', model: 'eu.some-model' })).toBeUndefined();
  });

  it('does not let a setting outweigh the host it contradicts', () => {
    const settings = { vertex_location: 'europe-west4' };
    expect(inferred({ base: 'https://us-east5-aiplatform.googleapis.com/v1', settings })).toBeUndefined();
    expect(inferred({ base: 'https://europe-west4-aiplatform.googleapis.com/v1', settings })).toBe(
      'europe-west4 in eu',
    );
  });
});
