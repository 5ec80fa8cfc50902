import type { LimitScope, LimitScopeKind, RouteRequest } from '@signalbox/contracts';

/** What the limits for one model of somebody are called; LiteLLM's word for those of a key and a team. */
const kindsPerModel: Partial<Record<LimitScopeKind, LimitScopeKind>> = {
  api_key: 'model_per_key',
  user: 'model_per_user',
  team: 'model_per_team',
  end_user: 'model_per_end_user',
};

/**
 * The request with the limits that hold for the model it was resolved to, `name` behind all aliases, of this group: they
 * become scopes of their own, beside those for all models together.
 * A wildcard's model may have limits by its own name; those of the pattern hold for all others of the group together.
 */
export function withModelScopes(request: RouteRequest, name: string, modelGroup: string): RouteRequest {
  const { scopes, previous } = request;
  if (scopes?.some(({ models }) => models !== undefined) !== true) return request;
  const countsAnew =
    previous?.modelGroup !== undefined && previous.modelGroup !== modelGroup ? { countsAnew: true } : {};
  return { ...request, scopes: scopes.flatMap((scope) => separated(scope, [name, modelGroup], countsAnew)) };
}

/** A scope and that of its model; who has limits of single models only is nobody to all others. */
function separated(
  { models = {}, ...own }: LimitScope,
  names: readonly string[],
  countsAnew: Pick<LimitScope, 'countsAnew'>,
): LimitScope[] {
  const { kind, id, ...limits } = own;
  const kept = Object.values(limits).some((limit) => limit !== undefined) ? [own] : [];
  const limited = names.find((one) => Object.hasOwn(models, one));
  const perModel = kindsPerModel[kind];
  if (limited === undefined || perModel === undefined) return kept;
  // Unlike that of any other pair, whatever stands in the names.
  const ofPair = JSON.stringify([id, limited]);
  return [...kept, { kind: perModel, id: ofPair, ...models[limited], ...countsAnew }];
}
