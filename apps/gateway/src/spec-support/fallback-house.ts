import { hash } from 'node:crypto';
import type { Caller } from '@signalbox/contracts';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { answersJson, type FakeProvider } from './fake-provider.js';
import { GatewayUnderTest } from './gateway-under-test.js';

const names = (...models: string[]) => models.map((model) => ({ model }));

const plainKey: Caller = {
  keyHash: 'k',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team: null,
};
const keys: Record<string, Partial<Caller>> = {
  'sk-plain': {},
  'sk-a-and-c': { models: ['a', 'c'] },
  'sk-b-only': { models: ['b'] },
  'sk-no-fallbacks': { disableFallbacks: true },
};

/** A gateway with models that fall back to each other, keys and an end user of the eu. */
export class FallbackHouse {
  readonly messages = [{ role: 'user', content: 'Hey' }];

  private constructor(
    readonly provider: FakeProvider,
    readonly under: GatewayUnderTest,
  ) {}

  static async start(provider: FakeProvider): Promise<FallbackHouse> {
    const under = await GatewayUnderTest.start({
      deployments: deploymentsAt(provider),
      catalog: { checkContextWindow: true, groupAliases: { nickname: { model: 'a', hidden: false } } },
      router: { numRetries: 0, fallbacks },
    });
    for (const [key, words] of Object.entries(keys)) {
      under.services.callers.set(hash('sha256', key), { ...plainKey, ...words });
    }
    const policy = { allowedRegions: ['eu'], blocked: false, defaultModel: null };
    under.services.endUsers.set('from-eu', { endUserId: 'from-eu', ...policy });
    return new FallbackHouse(provider, under);
  }

  /** Makes these sites answer 500 from now on. */
  breaks(...sites: string[]): void {
    for (const site of sites) {
      this.provider.on(site, answersJson({ error: { message: `${site} broke` } }, 500));
    }
  }

  /** Posts a chat with the master key unless told. */
  post(body: object, key?: string, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return this.under.post(
      '/v1/chat/completions',
      { messages: this.messages, ...body },
      { headers: { ...authorization, ...headers } },
    );
  }

  /** What a site was sent last. */
  sentTo(site: string): Record<string, unknown> {
    return JSON.parse(this.provider.calls(site).at(-1)?.body ?? '{}') as Record<string, unknown>;
  }
}

/** Status, deployment, and how many other models were tried before. */
export function servedBy({ status, headers }: Response): (string | number | null)[] {
  return [status, headers.get('x-litellm-model-id'), headers.get('x-litellm-attempted-fallbacks')];
}

const fallbacks = {
  tables: {
    general: [
      { model: 'a', fallbacks: names('b', 'c') },
      { model: 'loop', fallbacks: names('loop', 'of-another-team', 'a') },
      { model: 'azure/*', fallbacks: names('openai/*') },
    ],
    context_window: [
      { model: 'a', fallbacks: names('long') },
      { model: 'short', fallbacks: names('c') },
    ],
    content_policy: [{ model: 'a', fallbacks: names('mild') }],
  },
  defaults: names('last'),
  maxFallbacks: 3,
};

function deploymentsAt(provider: FakeProvider) {
  const deployment = (id: string, modelGroup: string, words: object = {}) =>
    aDeployment({ id, modelGroup, upstream: { apiBase: provider.apiBase(id) }, ...words });
  return [
    deployment('a1', 'a', { region: aRegion('eu') }),
    deployment('b-us', 'b', { region: aRegion('us') }),
    deployment('c-eu', 'c', { region: aRegion('eu'), maxInputTokens: 1_000 }),
    deployment('long1', 'long', { region: aRegion('us') }),
    deployment('mild1', 'mild'),
    deployment('theirs', 'of-another-team', { teamId: 'another-team' }),
    deployment('last1', 'last'),
    deployment('short1', 'short', { maxInputTokens: 20 }),
    deployment('loop1', 'loop'),
    deployment('any', 'openai/*', { upstream: { model: '*', apiBase: provider.apiBase('any') } }),
  ];
}
