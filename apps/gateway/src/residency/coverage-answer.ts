import type { RegionCoverage } from '@signalbox/routing';
import type { RefusedCustomers, RefusedPage } from './refused-customers.js';

/** Where models can serve and whom they refuse, in the words of the HTTP API. */
export function coverageAnswer(
  { zones, groups }: RegionCoverage,
  { total, refused }: RefusedPage,
  contradictedBy: (deploymentId: string) => string | undefined,
) {
  return {
    zones,
    models: groups.map(({ modelGroup, zones: own, refusedIn, deployments, fallbacks }) => ({
      model_group: modelGroup,
      zones: own,
      refused_in: refusedIn,
      deployments: deployments.map(({ deploymentId, region = null, regionSource = null }) => ({
        model_id: deploymentId,
        region,
        confidence: regionSource,
        contradicted_by: contradictedBy(deploymentId) ?? null,
      })),
      fallbacks: fallbacks.map(({ kind, model, zones: served, neverFor }) => ({
        kind,
        model,
        zones: served,
        never_for: neverFor,
      })),
    })),
    policies: total,
    refused_customers: refused.map(customersAnswer),
  };
}

function customersAnswer({ policy, kind, residency, models, customers, firstIds }: RefusedCustomers) {
  return {
    policy,
    kind,
    regions: residency.map(({ from, allowed }) => ({ from, allowed })),
    refused_models: models,
    customers,
    first: firstIds,
  };
}

export const exampleAnswer: ReturnType<typeof coverageAnswer> = {
  zones: ['eu', 'us'],
  models: [
    {
      model_group: 'gpt-4o',
      zones: ['eu'],
      refused_in: ['us'],
      deployments: [
        {
          model_id: 'azure-sweden',
          region: { name: 'swedencentral', zone: 'eu', country: 'SE' },
          confidence: 'declared',
          contradicted_by: null,
        },
      ],
      fallbacks: [{ kind: 'context_window', model: 'gpt-4o-us', zones: ['us'], never_for: ['eu'] }],
    },
  ],
  policies: 3,
  refused_customers: [
    {
      policy: '3a0c8d1f0b7e4c6a9d2e5f8b1c4a7d0e',
      kind: 'end_user',
      regions: [{ from: 'end_user', allowed: ['us'] }],
      refused_models: ['gpt-4o'],
      customers: 1204,
      first: ['customer-17', 'customer-45'],
    },
  ],
};
