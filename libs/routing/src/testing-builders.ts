import type { Catalog, Deployment, Region, RouteRequest, Upstream } from '@signalbox/contracts';

export { chiSquare, seededDice } from './testing-dice.js';

/** What a test says of a deployment; the rest is an OpenAI deployment of `gpt-4` without region or limits. */
export type DeploymentWords = Partial<Omit<Deployment, 'upstream'>> & {
  readonly upstream?: Partial<Upstream>;
};

const anUpstream: Upstream = {
  provider: 'openai',
  model: 'gpt-4',
  apiBase: 'https://api.openai.com/v1',
  regionSettings: {},
  extraBody: {},
};

/** A deployment that differs from the plainest one only in what the test names. */
export function aDeployment(words: DeploymentWords = {}): Deployment {
  return {
    id: 'a-deployment',
    modelGroup: 'gpt-4',
    limits: {},
    tags: [],
    modelInfo: {},
    ...words,
    upstream: { ...anUpstream, ...words.upstream },
  };
}

/** A region known by its zone only, such as `eu`, unless more is said. */
export function aRegion(zone: string, words: Partial<Region> = {}): Region {
  return { name: zone, zone, ...words };
}

/** A small chat request for `gpt-4` by an unrestricted caller. */
export function aRouteRequest(words: Partial<RouteRequest> = {}): RouteRequest {
  return {
    requestId: 'a-request',
    attemptId: 'an-attempt',
    model: 'gpt-4',
    mode: 'chat',
    promptTokens: 10,
    outputTokens: 20,
    residency: [],
    keyModels: [],
    keyAliases: {},
    team: null,
    tags: [],
    exclude: [],
    ...words,
  };
}

/** A team that may use every model and renames none. */
export function aTeam(
  words: Partial<NonNullable<RouteRequest['team']>> = {},
): NonNullable<RouteRequest['team']> {
  return { teamId: 'a-team', models: [], modelAliases: {}, ...words };
}

/** A catalog of these deployments under LiteLLM's default switches. */
export function aCatalog(deployments: readonly Deployment[], words: Partial<Catalog> = {}): Catalog {
  return {
    version: 'a-version',
    deployments,
    groupAliases: {},
    tagFiltering: { enabled: false, matchAny: true },
    checkContextWindow: false,
    regionCompat: 'strict',
    ...words,
  };
}
