import { fault, type Fault, type RouteRequest } from '@signalbox/contracts';
import type { FilteredOut } from './apply-filters.js';
import { describeResidency } from './allowed-region.js';
import type { RejectionCode } from './filter.js';
import type { AccessDenial } from './model-access.js';

/** A name from a client may be as long as its body allows; a message is no place for that. */
function shown(model: string): string {
  return model.length <= 200 ? model : `${model.slice(0, 200)}...`;
}

/** The model name stands for nothing (or only for deployments of other teams). */
export function modelNotFound({ model }: RouteRequest): Fault {
  return fault('model_not_found', `Invalid model name passed. model=${shown(model)}`, { param: 'model' });
}

/** The caller's list does not grant the model. Repeats the caller's own list, as LiteLLM does. */
export function accessDenied(denial: AccessDenial, request: RouteRequest): Fault {
  const lists = { key: request.keyModels, user: request.userModels ?? [], team: request.team?.models ?? [] };
  const message =
    `${denial} not allowed to access model. This ${denial} can only access models=[${lists[denial].join(', ')}]. ` +
    `Tried to access ${shown(request.model)}`;
  return fault(`${denial}_model_access_denied`, message, { param: 'model' });
}

/** Every filter's refusal in words for the caller. */
const faultOf: Record<Exclude<RejectionCode, 'cooldown'>, (request: RouteRequest) => Fault> = {
  team_access: modelNotFound,
  already_tried: ({ model }) =>
    fault('no_deployment_available', `No deployments available for ${shown(model)}: all were tried.`),
  region_unknown: regionRestricted,
  region_outside: regionRestricted,
  tags: ({ model, tags }) =>
    fault(
      'tags_restricted',
      'No deployments available. Not allowed to access model due to tags configuration. ' +
        `Passed model=${shown(model)} and tags=[${tags.join(', ')}]`,
    ),
  mode: ({ model, mode }) =>
    fault('capability_unsupported', `No deployments available for ${shown(model)} that serve ${mode}.`, {
      param: 'model',
    }),
  price_unknown: ({ model }) =>
    fault(
      'price_unknown',
      `No deployments available for ${shown(model)} of a known price, which a budget needs: ` +
        'set input_cost_per_token and output_cost_per_token.',
      { param: 'model' },
    ),
  context_window: ({ model, promptTokens }) =>
    fault(
      'context_length_exceeded',
      `Context Window exceeded: the prompt has about ${promptTokens} tokens, ` +
        `more than any deployment of ${shown(model)} accepts.`,
    ),
};

function regionRestricted({ model, residency }: RouteRequest): Fault {
  const where = describeResidency(residency);
  return fault(
    'region_restricted',
    `No deployments available for ${shown(model)} in the allowed region ${where}.`,
  );
}

/**
 * The reason of the deployment that came furthest through the filters. A deployment of another team does not
 * exist for this caller: it gives the reason only where there is nothing else, and then as "no such model".
 * @param rejected every deployment of the group, at least one
 */
export function filteredOutFault(rejected: readonly FilteredOut[], request: RouteRequest): Fault {
  const own = rejected.filter(({ code }) => code !== 'team_access');
  if (own.length === 0) return modelNotFound(request);
  const furthest = own.reduce((best, next) => (next.stage > best.stage ? next : best));
  return furthest.code === 'cooldown' ? allCooling(own, request) : faultOf[furthest.code](request);
}

/** Says when the first of them is tried again. */
function allCooling(rejected: readonly FilteredOut[], { model }: RouteRequest): Fault {
  const times = rejected.flatMap(({ code, retryAfterMs }) =>
    code === 'cooldown' ? (retryAfterMs ?? []) : [],
  );
  return fault(
    'no_deployment_available',
    `No deployments available for ${shown(model)}: after failures they are left alone for a while.`,
    times.length === 0 ? {} : { retryAfterMs: Math.min(...times) },
  );
}
