import type { Deployment, RouteRequest } from '@signalbox/contracts';
import type { Filter, Rejection } from './filter.js';
import { alreadyTried } from './filters/already-tried.js';
import { contextWindow } from './filters/context-window.js';
import { cooldown } from './filters/cooldown.js';
import { knownPrice } from './filters/known-price.js';
import { mode } from './filters/mode.js';
import { region } from './filters/region.js';
import { tags } from './filters/tags.js';
import { teamAccess } from './filters/team-access.js';
import type { FilterFacts } from './route-facts.js';

/**
 * Every filter there is. The order is behaviour: a caller hears the reason of the deployment that came
 * furthest through this list, so what concerns the caller's own request most stands last.
 */
const filters: readonly Filter[] = [
  alreadyTried,
  teamAccess,
  region,
  tags,
  mode,
  knownPrice,
  contextWindow,
  cooldown,
];

/** A deployment that fell out, with the position of the filter that refused it (0 is the first). */
export interface FilteredOut extends Rejection {
  readonly deployment: Deployment;
  readonly stage: number;
}

/** What the filters leave over, and why the rest fell out; together exactly the deployments given. */
export interface Filtered {
  readonly passed: readonly Deployment[];
  readonly rejected: readonly FilteredOut[];
}

/** Asks every filter about every deployment; the first filter that says no decides. */
export function applyFilters(
  deployments: readonly Deployment[],
  request: RouteRequest,
  facts: FilterFacts,
): Filtered {
  const passed: Deployment[] = [];
  const rejected: FilteredOut[] = [];
  for (const deployment of deployments) {
    const refusal = firstRejection(deployment, request, facts);
    if (refusal === undefined) passed.push(deployment);
    else rejected.push(refusal);
  }
  return { passed, rejected };
}

function firstRejection(
  deployment: Deployment,
  request: RouteRequest,
  facts: FilterFacts,
): FilteredOut | undefined {
  let stage = 0;
  for (const filter of filters) {
    const rejection = filter(deployment, request, facts);
    if (rejection !== undefined) return { ...rejection, deployment, stage };
    stage += 1;
  }
  return undefined;
}
