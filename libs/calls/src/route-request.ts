import type { RouteRequest } from '@signalbox/contracts';
import type { Call } from './call.js';

/** What one attempt adds to its call. */
export interface RouteQuestion {
  readonly attemptId: string;
  /** The configuration the answer shall be made by. */
  readonly catalogVersion: string;
  /** Deployments that failed this call already. */
  readonly exclude: readonly string[];
  /** The attempt of this call that ended before. */
  readonly previous: RouteRequest['previous'];
  readonly traceparent: string | undefined;
}

/** Puts a call to the router: names, numbers and rules, nothing of the prompt. */
export function routeRequestOf(
  call: Call,
  { attemptId, catalogVersion, exclude, previous, traceparent }: RouteQuestion,
): RouteRequest {
  const { caller, limitScopes } = call;
  const team = caller?.team;
  return {
    requestId: call.requestId,
    attemptId,
    catalogVersion,
    model: call.model,
    mode: call.mode,
    promptTokens: call.promptTokens,
    outputTokens: call.outputTokens,
    ...(call.body['stream'] === true && { stream: true }),
    residency: [...call.residency],
    keyModels: caller?.models ?? [],
    keyAliases: caller?.aliases ?? {},
    ...(caller?.user?.models !== undefined && { userModels: caller.user.models }),
    team: team ? { teamId: team.teamId, models: team.models, modelAliases: team.modelAliases } : null,
    tags: [...call.tags],
    ...(call.tagGroups !== undefined && { tagGroups: call.tagGroups.map((tags) => [...tags]) }),
    exclude: [...exclude],
    ...(limitScopes !== undefined && { scopes: [...limitScopes], previous }),
    ...(traceparent !== undefined && { traceparent }),
  };
}
