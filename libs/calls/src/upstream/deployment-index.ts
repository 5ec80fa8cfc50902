import type { Catalog, Deployment } from '@signalbox/contracts';

/** Deployments of the gateway's own catalog by id. */
export type DeploymentIndex = ReadonlyMap<string, Deployment>;

/** Indexes a catalog. */
export function indexDeployments(catalog: Pick<Catalog, 'deployments'>): DeploymentIndex {
  return new Map(catalog.deployments.map((deployment) => [deployment.id, deployment]));
}
