import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regionsContradict } from './compare-regions.js';
import { contradictionOf, inferRegion } from './infer-region.js';
import { parseRegion } from './parse-region.js';

interface Facts {
  base?: string;
  model?: string;
  provider?: string;
  settings?: Record<string, string>;
  extra?: Record<string, unknown>;
}

function endpoint(facts: Facts): Parameters<typeof inferRegion>[0] {
  return {
    provider: facts.provider ?? 'azure',
    model: facts.model ?? 'gpt-4o',
    apiBase: facts.base ?? 'https://api.example.com/v1',
    regionSettings: facts.settings ?? {},
    extraBody: facts.extra ?? {},
  };
}

function inferred(facts: Facts): string | undefined {
  const region = inferRegion(endpoint(facts));
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
    ['https://contoso-europe.openai.azure.us', 'us in us'],
    ['https://contoso.openai.azure.cn', 'cn in cn'],
    ['https://api.us.mistral.ai/v1', 'us in us'],
    ['https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/endpoints/openapi', 'eu in eu'],
  ])('%s is %s', (base, region) => {
    expect(inferred({ base, provider: 'openai' })).toBe(region);
  });

  it.each([
    'https://api.openai.com/v1',
    'https://kr.api.openai.com/v1',
    'https://api.mistral.ai/v1',
    'https://api.de.mistral.ai/v1',
    'https://api.anthropic.com/v1',
    'https://aws-external-anthropic.eu-west-1.api.aws/v1',
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/endpoints/openapi',
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi',
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
  const owner = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/);
  const words = fc.constantFrom(
    'us',
    'eu',
    'europe',
    'contact-us',
    'swedencentral',
    'west-europe',
    'france',
    'uk',
  );
  const resource = fc.oneof(
    owner,
    words,
    fc.tuple(owner, words, owner).map((parts) => parts.join('-')),
  );
  const domain = fc.constantFrom('openai.azure.com', 'cognitiveservices.azure.com', 'services.ai.azure.com');

  it('is never made: their owners choose them', () => {
    fc.assert(
      fc.property(resource, domain, (name, at) => {
        expect(inferred({ base: `https://${name}.${at}/` })).toBeUndefined();
      }),
    );
  });

  it('leaves a declaration alone', () => {
    const base = 'https://contact-us.openai.azure.com';
    expect(contradictionOf(parseRegion('eu'), endpoint({ base }))).toBeUndefined();
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
    ['xx.some-maker.model-v1:0', 'eu-west-3', undefined],
    ['*', 'eu-west-3', undefined],
    ['*.claude', 'eu-west-3', undefined],
    ['eu.*', 'eu-west-3', 'eu in eu'],
    ['anthropic.*', 'eu-west-3', 'eu-west-3 in eu'],
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

  it('knows a profile behind an address of every kind', () => {
    const base = 'https://vpce-1a2b.bedrock-runtime.eu-central-1.vpce.amazonaws.com/openai/v1';
    expect(inferred({ provider: 'openai', base, model: 'openai.gpt-oss' })).toBe('eu-central-1 in eu');
    expect(inferred({ provider: 'openai', base, model: 'global.anthropic.claude' })).toBeUndefined();
  });

  it('does not let a setting outweigh an address that is everywhere', () => {
    const settings = { vertex_location: 'europe-west4' };
    expect(inferred({ base: 'https://aiplatform.googleapis.com/v1', settings })).toBeUndefined();
  });

  it('does not believe that a route keeps to an inference_geo', () => {
    const base = 'https://api.anthropic.com/v1';
    expect(inferred({ provider: 'anthropic', base, extra: { inference_geo: 'us' } })).toBeUndefined();
  });
});

describe('what contradicts a declared region', () => {
  it.each<[string, string, Facts]>([
    ['an address elsewhere', 'us', { base: 'https://us.api.openai.com/v1' }],
    ['a setting elsewhere', 'us-east-1', { settings: { aws_region_name: 'us-east-1' } }],
    [
      'one of two that contradict each other',
      'us-west-2',
      { base: 'https://bedrock-runtime.us-west-2.amazonaws.com', settings: { aws_region_name: 'eu-west-1' } },
    ],
    ['a profile of another zone', 'us', { provider: 'bedrock', model: 'us.amazon.nova' }],
  ])('is %s', (_what, place, facts) => {
    expect(contradictionOf(parseRegion('eu'), endpoint(facts))).toMatchObject({ name: place });
  });

  it.each<[string, Facts]>([
    ['the global profile', { provider: 'bedrock', model: 'global.amazon.nova' }],
    ['a profile that callers choose', { provider: 'bedrock', model: '*' }],
    ['the global endpoint', { base: 'https://aiplatform.googleapis.com/v1' }],
    ['a global location', { settings: { vertex_location: 'global' } }],
    ['inference anywhere', { base: 'https://api.anthropic.com/v1', extra: { inference_geo: 'global' } }],
  ])('is %s', (_what, facts) => {
    expect(contradictionOf(parseRegion('eu'), endpoint(facts))).toBe('anywhere');
  });

  it.each<[string, Facts]>([
    ['a name that says nothing', { provider: 'bedrock', model: 'application-inference-profile/x1y2z3' }],
    ['an address that says nothing', {}],
    ['a finer place', { base: 'https://swedencentral.api.cognitive.microsoft.com' }],
  ])('is not %s', (_what, facts) => {
    expect(contradictionOf(parseRegion('eu'), endpoint(facts))).toBeUndefined();
  });

  it('is nothing where a region was inferred: all that is known agrees with it', () => {
    const base = fc.constantFrom(
      'https://eu.api.openai.com/v1',
      'https://us.api.openai.com/v1',
      'https://aiplatform.googleapis.com/v1',
      'https://bedrock-runtime.eu-west-1.amazonaws.com',
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4',
      'https://contact-us.openai.azure.com',
    );
    const place = fc.constantFrom('eu-west-1', 'eu', 'us', 'us-east-1', 'europe-west4', 'global', 'moon');
    const model = fc.constantFrom('eu.a.b', 'us.a.b', 'global.a.b', 'a.b', 'xx.a.b', '*', 'plain');
    const settings = fc.dictionary(fc.constantFrom('aws_region_name', 'vertex_location'), place);
    const anyFacts = fc.record({ base, model, settings, provider: fc.constantFrom('openai', 'bedrock') });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const region = inferRegion(endpoint(facts));
        if (region === undefined) return;
        expect(contradictionOf(region, endpoint(facts))).toBeUndefined();
        expect(regionsContradict(region, parseRegion(region.name))).toBe(false);
        expect(Object.values(facts.settings)).not.toContain('global');
      }),
      { numRuns: 1_000 },
    );
  });
});
