import { startFakeUpstream, startSignalbox } from '@signalbox/testing';
import { expect } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

/** Two gateways and two identity services that an operator governs; the provider is fake. */
export interface TenantSystem {
  readonly admin: ApiCaller;
  /** The body of an admin call that must succeed. */
  made<Body = Record<string, string>>(path: string, fields: object): Promise<Body>;
  read<Body = Record<string, unknown>>(path: string, key?: string): Promise<Body>;
  statusOf(path: string, fields: object | undefined, key: string): Promise<number>;
  /** What both gateways answer to the same call of a model. */
  callBoth(key: string, model?: string): Promise<ApiAnswer[]>;
  statuses(key: string, model?: string): Promise<number[]>;
  stop(): Promise<void>;
}

export async function startTenantSystem(): Promise<TenantSystem> {
  const upstream = await startFakeUpstream();
  const params = `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl('one')}/v1, api_key: sk-up }`;
  const system = await startSignalbox({
    replicas: { gateway: 2, identity: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: ${params} }
  - { model_name: gpt-4o-eu, litellm_params: ${params} }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  const gateways = system.urls.map(apiCaller);
  const admin = apiCaller(system.url);
  const succeed = async (path: string, fields: object | undefined, key: string): Promise<unknown> => {
    const { status, body } = await admin(path, fields, { key });
    expect([path, status, body]).toEqual([path, 200, body]);
    return body;
  };
  const callBoth = (key: string, model = 'gpt-4o'): Promise<ApiAnswer[]> =>
    Promise.all(gateways.map((gateway) => gateway('/v1/chat/completions', chat(model), { key })));
  return {
    admin,
    made: async <Body>(path: string, fields: object) => (await succeed(path, fields, MASTER_KEY)) as Body,
    read: async <Body>(path: string, key = MASTER_KEY) => (await succeed(path, undefined, key)) as Body,
    statusOf: async (path, fields, key) => (await admin(path, fields, { key })).status,
    callBoth,
    statuses: async (key, model) => (await callBoth(key, model)).map(({ status }) => status),
    stop: async () => {
      await system.stop();
      await upstream.stop();
    },
  };
}
