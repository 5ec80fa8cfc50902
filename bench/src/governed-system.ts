import { startSignalbox } from '@signalbox/testing';
import { benchDeployment } from './bench-deployment.js';
import { chatRequestBody } from './payloads.js';

/** Model groups, with one deployment each, that aliases point to. */
export const MODELS = ['bench-one', 'bench-two'] as const;

const masterKey = 'sk-bench-master';
const GATEWAYS = 3;

/** An answer, as far as it shows what a gateway knows. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** A chat call of somebody who is governed. */
export interface GovernedCall {
  readonly model: string;
  readonly key: string;
  readonly endUserId?: string;
}

/** Three gateways, two routers and two identity services, with everything on. */
export interface GovernedSystem {
  readonly gateways: readonly string[];
  /** One call through one gateway, at the provider or refused. */
  call(gateway: string, call: GovernedCall): Promise<Answer>;
  /** One admin call; returns the parsed answer. Throws when it is refused. */
  admin<Value>(gateway: string, path: string, body: object): Promise<Value>;
  stop(): Promise<void>;
}

export async function startGovernedSystem(upstreamPort: number): Promise<GovernedSystem> {
  const system = await startSignalbox({
    replicas: { gateway: GATEWAYS, router: 2, identity: 2 },
    config: {
      model_list: MODELS.map((model) => benchDeployment({ modelGroup: model, id: model, upstreamPort })),
      general_settings: { master_key: masterKey },
    },
    environment: { LOG_LEVEL: 'info' },
  });
  return {
    gateways: system.urls,
    call: (gateway, { model, key, endUserId }) =>
      post(`${gateway}/v1/chat/completions`, key, {
        ...(JSON.parse(chatRequestBody(model, false)) as object),
        user: endUserId,
      }),
    admin: async <Value>(gateway: string, path: string, body: object) => {
      const answer = await post(`${gateway}${path}`, masterKey, body);
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
      return JSON.parse(answer.text) as Value;
    },
    stop: () => system.stop(),
  };
}

async function post(url: string, key: string, body: object): Promise<Answer & { text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
