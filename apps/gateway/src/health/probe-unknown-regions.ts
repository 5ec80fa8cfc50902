import { probeDeployment } from '@signalbox/calls';
import type { Deployment } from '@signalbox/contracts';
import type { Logger } from '@signalbox/platform';
import type { Dispatcher } from 'undici';
import type { LearnedRegions } from '@signalbox/learned-regions';

/** Asks deployments of unknown region once, at start, so that the first restricted customer need not be refused. */
export async function probeUnknownRegions(
  dispatcher: Dispatcher,
  deployments: readonly Deployment[],
  learned: LearnedRegions,
  logger: Logger,
): Promise<void> {
  for (const deployment of learned.unknown(deployments)) {
    // A deployment before it may have taught us the region of their common endpoint.
    if (learned.regionOf(deployment) !== undefined) continue;
    const { headers, problem, status } = await probeDeployment(dispatcher, deployment);
    learned.observe(deployment, headers);
    if (problem === undefined) continue;
    logger.warn(
      { deploymentId: deployment.id, status, problem },
      'a deployment could not be asked for its region',
    );
  }
}
