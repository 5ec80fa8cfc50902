import { learnedRegions, type Deployment, type Region } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { endpointKey, parseRegion } from '@signalbox/providers';

/** The regions that gateways heard from providers, followed live. */
export class LearnedRegions {
  private readonly byEndpoint = new Map<string, Region>();
  private readonly endpoints: ReadonlyMap<string, string>;

  constructor(deployments: readonly Deployment[]) {
    // Hashing an address costs more than the look-up of a decision should.
    this.endpoints = new Map(
      deployments.filter(needsLearning).map(({ id, upstream }) => [id, endpointKey(upstream)]),
    );
  }

  /** Resolves when all that is known already has been heard; goes on listening. Returns what ends that. */
  async follow(bus: Pick<Bus, 'bucket'>): Promise<() => Promise<void>> {
    if (this.endpoints.size === 0) return () => Promise.resolve();
    const bucket = await bus.bucket(learnedRegions);
    const watch = bucket.watch((endpoint, { header }) => {
      this.hear(endpoint, header);
    });
    await watch.initialValues;
    return () => watch.stop();
  }

  /** Takes note of what a provider named; the latest word counts. */
  hear(endpoint: string, header: string): void {
    this.byEndpoint.set(endpoint, parseRegion(header));
  }

  /** The region a provider named for the endpoint of this deployment, if it has been heard. */
  readonly regionOf = (deployment: Deployment): Region | undefined => {
    const endpoint = this.endpoints.get(deployment.id);
    return endpoint === undefined ? undefined : this.byEndpoint.get(endpoint);
  };
}

/** Only Azure names its region, and what an operator declared or an address says is not overruled. */
function needsLearning({ region, upstream }: Deployment): boolean {
  return region === undefined && upstream.provider === 'azure';
}
