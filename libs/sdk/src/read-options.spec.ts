/** Real: all of it. */
import { loadConfig } from '@signalbox/config';
import { describe, expect, it } from 'vitest';
import { RouterOptionsError, type RouterOptions, type RouterSettings } from './index.js';
import { readOptions } from './read-options.js';

const entry = { model_name: 'gpt-4o', litellm_params: { model: 'openai/gpt-4o', api_key: 'k' } };

function faultsOf(options: object): RouterOptionsError {
  try {
    readOptions({ modelList: [entry], ...options });
  } catch (error) {
    if (error instanceof RouterOptionsError) return error;
    throw error;
  }
  throw new Error('nothing is wrong');
}

describe('the options of a router', () => {
  it('are read as the services read their configuration: same deployments, same ids, same rules', () => {
    const options: RouterOptions = {
      modelList: [{ ...entry, rpm: 5 }],
      numRetries: 1,
      streamTimeout: 7,
      routingStrategy: 'least-busy',
      contextWindowFallbacks: [{ 'gpt-4o': ['long'] }],
      modelGroupAlias: { gpt4: 'gpt-4o' },
      redisHost: 'cache',
      redisPort: '6380',
      instances: 2,
    };
    const file = `
model_list: [{model_name: gpt-4o, litellm_params: {model: openai/gpt-4o, api_key: k}, rpm: 5}]
router_settings:
  num_retries: 1
  stream_timeout: 7
  routing_strategy: least-busy
  context_window_fallbacks: [{gpt-4o: [long]}]
  model_group_alias: {gpt4: gpt-4o}
  redis_host: cache
  redis_port: 6380`;
    const loaded = loadConfig(file, { environment: {} });
    expect(loaded).toMatchObject({ ok: true, settings: readOptions(options).settings });
  });

  it('are all known to that reader', () => {
    const every = {
      routingStrategy: 'latency-based-routing',
      routingStrategyArgs: { ttl: 60, lowest_latency_buffer: 0.5, max_latency_list_size: 5 },
      numRetries: 1,
      timeout: 30,
      streamTimeout: 5,
      retryAfter: 1,
      retryPolicy: { TimeoutErrorRetries: 1 },
      modelGroupRetryPolicy: { 'gpt-4o': { RateLimitErrorRetries: 0 } },
      fallbacks: [{ 'gpt-4o': ['gpt-4o'] }],
      contextWindowFallbacks: [{ 'gpt-4o': ['gpt-4o'] }],
      contentPolicyFallbacks: [{ 'gpt-4o': ['gpt-4o'] }],
      defaultFallbacks: ['gpt-4o'],
      maxFallbacks: 2,
      allowedFails: 3,
      allowedFailsPolicy: { TimeoutErrorAllowedFails: 1 },
      cooldownTime: 5,
      disableCooldowns: false,
      modelGroupAlias: { gpt4: 'gpt-4o' },
      enableTagFiltering: true,
      tagFilteringMatchAny: false,
      enablePreCallChecks: true,
      regionCompat: 'litellm',
      redisUrl: 'redis://cache',
      redisHost: 'cache',
      redisPort: 6379,
      redisPassword: 'secret',
      redisDb: 1,
      limitsWithoutRedis: 'refuse',
    } satisfies Required<RouterSettings>;
    expect(readOptions({ modelList: [entry], ...every }).warnings).toEqual([]);
  });

  it('are taken for absent where they are undefined, as variables of the environment may be', () => {
    const { settings } = readOptions({ modelList: [entry], redisHost: undefined, numRetries: undefined });
    expect(settings.router.redis).toBeUndefined();
    expect(settings.router.numRetries).toBe(2);
  });

  it('know no environment but the one they are given', () => {
    const modelList = [
      { model_name: 'm', litellm_params: { model: 'openai/m', api_key: 'os.environ/SOME_KEY' } },
    ];
    const { settings } = readOptions({ modelList, environment: { SOME_KEY: 'secret' } });
    expect(settings.catalog.deployments[0]?.upstream.apiKey).toBe('secret');
    expect(faultsOf({ modelList }).faults).toEqual([
      {
        path: 'modelList[0].litellm_params.api_key',
        reason: 'environment variable SOME_KEY is not set',
      },
    ]);
  });
});

describe('options that are wrong', () => {
  it('are told all together, in their own words', () => {
    const error = faultsOf({
      modelList: [entry, { litellm_params: { model: 'azure/x' } }],
      numRetries: -1,
      routingStrategyArgs: { ttl: 'soon' },
      routingStrategy: 'latency-based-routing',
    });
    expect(error.message).toBe(
      [
        'The options of the router are wrong in 4 places:',
        '  numRetries: must be at least 0',
        '  routingStrategyArgs.ttl: must be a number (of seconds)',
        '  modelList[1].model_name: is missing',
        '  modelList[1].litellm_params.model: azure needs an api_base: the address of your resource, like https://name.openai.azure.com',
      ].join('\n'),
    );
  });

  it('count an empty list', () => {
    expect(faultsOf({ modelList: [] }).message).toMatch(
      /^The options of the router are wrong in one place:\n {2}modelList: is missing or empty/,
    );
  });

  it('count a share of limits of nobody knows how many', () => {
    expect(faultsOf({ limitsWithoutRedis: 'local_share' }).faults[0]?.path).toBe('limitsWithoutRedis');
    expect(faultsOf({ instances: 0 }).faults).toEqual([
      { path: 'instances', reason: 'must be a whole number of at least 1' },
    ]);
  });

  it('are not told with their secrets', () => {
    expect(faultsOf({ redisUrl: 'http://:hunter2@cache', numRetries: 'hunter2' }).message).not.toContain(
      'hunter2',
    );
  });
});

it('warns of options that have no effect', () => {
  const { warnings } = readOptions({ modelList: [entry], ...{ numRetrys: 3 } });
  expect(warnings).toEqual([{ path: 'numRetrys', reason: expect.stringContaining('num_retries') as string }]);
});

it('refuses while Redis is away, unless it is told of how many it is one', () => {
  const whenAway = (options: Partial<RouterOptions>) =>
    readOptions({ modelList: [entry], ...options }).settings.router.limitsWithoutRedis;
  expect(whenAway({})).toBe('refuse');
  expect(whenAway({ instances: 3 })).toBe('local_share');
  expect(whenAway({ instances: 3, limitsWithoutRedis: 'allow' })).toBe('allow');
});
