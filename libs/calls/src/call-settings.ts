import type { RouterSettings, Settings } from '@signalbox/config';
import type { Catalog } from '@signalbox/contracts';
import { CallEstimates } from './call-estimates.js';
import { indexDeployments, type DeploymentIndex } from './upstream/deployment-index.js';

/** What calls need of one configuration, and all that follows from it; another configuration makes a new one. */
export interface CallSettings {
  readonly catalog: Catalog;
  readonly deployments: DeploymentIndex;
  readonly estimates: CallEstimates;
  readonly router: RouterSettings;
}

/** Derives it. Tokenizers that were not needed before are loaded, which blocks for some hundred milliseconds. */
export async function loadCallSettings({
  catalog,
  router,
}: Pick<Settings, 'catalog' | 'router'>): Promise<CallSettings> {
  return {
    catalog,
    deployments: indexDeployments(catalog),
    estimates: await CallEstimates.load(catalog),
    router,
  };
}
