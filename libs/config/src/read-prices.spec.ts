// Real: the list prices of libs/providers.
import { describe, expect, it } from 'vitest';
import { deploymentsOf, oneDeployment, settingsOf } from './testing-settings.js';

function pricesOf(params: string, info = ''): (number | undefined)[] {
  const deployment = oneDeployment(params, info === '' ? '' : `, model_info: {${info}}`);
  return [deployment.inputCostPerToken, deployment.outputCostPerToken];
}

describe('the price of a deployment', () => {
  const azure = 'model: azure/production-1, api_base: "https://contoso.example"';

  it('is the list price of its model', () => {
    expect(pricesOf('model: openai/gpt-4o')).toEqual([2.5e-6, 1e-5]);
  });

  it('is unknown for a model that the list does not have', () => {
    expect(pricesOf(azure)).toEqual([undefined, undefined]);
  });

  it('is the list price of the base model where the name of the deployment says nothing', () => {
    expect(pricesOf(azure, 'base_model: azure/gpt-4o')).toEqual([2.5e-6, 1e-5]);
    expect(pricesOf(azure, 'base_model: gpt-4o')).toEqual([2.5e-6, 1e-5]);
    expect(pricesOf(`${azure}, base_model: azure/gpt-4o`)).toEqual([2.5e-6, 1e-5]);
    expect(pricesOf('model: openai/gpt-4o', 'base_model: unheard-of')).toEqual([undefined, undefined]);
  });

  it('is what litellm_params say, then model_info, then the list, each side for itself', () => {
    const cheap = 'model: openai/gpt-4o, input_cost_per_token: 1.0e-9';
    expect(pricesOf(cheap)).toEqual([1e-9, 1e-5]);
    expect(pricesOf(cheap, 'input_cost_per_token: 3, output_cost_per_token: 4')).toEqual([1e-9, 4]);
    expect(pricesOf('model: openai/gpt-4o, input_cost_per_token: 0')).toEqual([0, 1e-5]);
  });

  it('is another one for each kind of tokens, by the names LiteLLM has for them', () => {
    expect(
      oneDeployment(
        `${azure}, input_cost_per_token: 3, output_cost_per_token: 4, cache_read_input_token_cost: 1,
        cache_creation_input_token_cost: 5, input_cost_per_audio_token: 6, output_cost_per_audio_token: 7,
        output_cost_per_reasoning_token: 8`,
        ', model_info: {input_cost_per_image_token: 9, cache_read_input_token_cost: 2}',
      ),
    ).toMatchObject({
      ...{ inputCostPerToken: 3, outputCostPerToken: 4, cacheReadCostPerToken: 1, cacheWriteCostPerToken: 5 },
      ...{ inputCostPerAudioToken: 6, outputCostPerAudioToken: 7, outputCostPerReasoningToken: 8 },
      inputCostPerImageToken: 9,
    });
  });

  it('of a kind is that of the list as long as the price of its side is', () => {
    const sonnet = 'model: anthropic/claude-3-5-sonnet-20240620, api_base: "https://claude.example/v1"';
    const listed = { cacheReadCostPerToken: 3e-7, cacheWriteCostPerToken: 3.75e-6 };
    expect(oneDeployment(sonnet)).toMatchObject(listed);
    expect(oneDeployment(`${sonnet}, output_cost_per_token: 1`)).toMatchObject(listed);
    expect(oneDeployment(`${sonnet}, cache_read_input_token_cost: 1`)).toMatchObject({
      ...{ ...listed, cacheReadCostPerToken: 1, inputCostPerToken: 3e-6 },
    });
    const ownInput = oneDeployment(`${sonnet}, input_cost_per_token: 1`);
    expect(ownInput).toMatchObject({ inputCostPerToken: 1, outputCostPerToken: 15e-6 });
    expect(ownInput).not.toHaveProperty('cacheReadCostPerToken');
  });

  it('is another one for long prompts, as written or as listed', () => {
    const gemini = 'model: gemini/gemini-1.5-pro, api_base: "https://gemini.example"';
    const listed = { above: 128_000, inputCostPerToken: 2.5e-6, outputCostPerToken: 10e-6 };
    expect(oneDeployment(`${gemini}, base_model: google/gemini-1.5-pro`).longPrompts).toEqual([listed]);
    expect(
      oneDeployment(`${gemini}, base_model: google/gemini-1.5-pro, input_cost_per_token: 1`).longPrompts,
    ).toEqual([{ above: 128_000, outputCostPerToken: 10e-6 }]);
    expect(
      oneDeployment(
        `${azure}, input_cost_per_token: 1, input_cost_per_token_above_200k_tokens: 3, input_cost_per_token_above_128k_tokens: 2,
        cache_read_input_token_cost_above_128k_tokens: 1`,
      ).longPrompts,
    ).toEqual([
      { above: 128_000, inputCostPerToken: 2, cacheReadCostPerToken: 1 },
      { above: 200_000, inputCostPerToken: 3, cacheReadCostPerToken: 1 },
    ]);
  });

  it('does not change the version of the catalog', () => {
    const text = (price: string) =>
      `model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k, ${price}}, model_info: {id: a}}]`;
    const dear = settingsOf(text('input_cost_per_token: 1')).catalog;
    expect(dear.deployments[0]?.inputCostPerToken).toBe(1);
    expect(dear.version).toBe(settingsOf(text('')).catalog.version);
    const long = settingsOf(text('input_cost_per_token_above_128k_tokens: 1')).catalog;
    expect(long.deployments[0]?.longPrompts).toHaveLength(1);
    expect(long.version).toBe(dear.version);
  });

  it('never goes to the provider', () => {
    const [deployment] = deploymentsOf([
      '{model_name: m, litellm_params: {model: gpt-4o, api_key: k, input_cost_per_token: 1, base_model: x}}',
    ]);
    expect(deployment?.upstream.extraBody).toEqual({});
  });
});
