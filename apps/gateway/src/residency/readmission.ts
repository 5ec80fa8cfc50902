import type { CallSettings } from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import type { Current } from '@signalbox/config';
import { fault, FaultError, type Region } from '@signalbox/contracts';
import { LearnedRegions } from '@signalbox/learned-regions';
import type { Logger } from '@signalbox/platform';
import { LOGGER, SETTINGS } from '../gateway.tokens.js';
import { DeploymentHealth } from '../health/deployment-health.js';

/** Lets an operator, who has looked into it, end what a contradicted region has begun. */
@Injectable()
export class Readmission {
  constructor(
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly health: DeploymentHealth,
    private readonly learned: LearnedRegions,
  ) {}

  /**
   * Asks the endpoint of a deployment where it is. That counts from now on, for all deployments there and at every gateway and
   * router; whether it contradicts the deployment is told.
   * @throws FaultError `record_not_found`, `upstream_unreachable`, or `upstream_invalid_response` where it names no region
   */
  async of(deploymentId: string): Promise<{ answered: string; contradictedBy: Region | undefined }> {
    const deployment = this.settings.current.deployments.get(deploymentId);
    if (deployment === undefined) throw new FaultError(fault('record_not_found'));
    const { status, headers } = await this.health.probe(deployment);
    const answered = headers['x-ms-region'];
    if (status === 0) throw new FaultError(fault('upstream_unreachable'));
    if (typeof answered !== 'string' || answered === '') {
      throw new FaultError(
        fault('upstream_invalid_response', 'The provider does not say in which region it is.'),
      );
    }
    await this.learned.readmit(deployment, answered);
    this.logger.warn(
      { deploymentId, answered },
      'an operator had a provider asked again for its region: what it said before does not count any more',
    );
    return { answered, contradictedBy: this.learned.contradictedRegion(deployment) };
  }
}
