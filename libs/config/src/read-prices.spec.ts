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

  it('does not change the version of the catalog', () => {
    const text = (price: string) =>
      `model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k, ${price}}, model_info: {id: a}}]`;
    const dear = settingsOf(text('input_cost_per_token: 1')).catalog;
    expect(dear.deployments[0]?.inputCostPerToken).toBe(1);
    expect(dear.version).toBe(settingsOf(text('')).catalog.version);
  });

  it('never goes to the provider', () => {
    const [deployment] = deploymentsOf([
      '{model_name: m, litellm_params: {model: gpt-4o, api_key: k, input_cost_per_token: 1, base_model: x}}',
    ]);
    expect(deployment?.upstream.extraBody).toEqual({});
  });
});
