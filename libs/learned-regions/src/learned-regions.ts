import { learnedRegions, type Deployment, type Region } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { endpointKey, parseRegion } from '@signalbox/providers';
import type { IncomingHttpHeaders } from 'node:http';

interface Learned {
  readonly header: string;
  readonly region: Region;
}

/** Hears what was learned, and what could not be passed on. */
export interface LearningLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** The longest header the bucket takes; a region name is far shorter. */
const maxHeaderLength = 100;
/** Stands in place of a name once an endpoint has answered from two places: lies in no zone, so it is unknown. */
const severalRegions = 'several regions';

/**
 * Regions that Azure named in its answers, shared with all gateways and routers. They only fill the gap of
 * deployments whose region is neither declared nor inferred.
 */
export class LearnedRegions {
  private readonly byEndpoint = new Map<string, Learned>();
  /**
   * Hashing an address costs more than the look-up on the call path should. Not by id: after a change of the
   * configuration the same id may stand for another address.
   */
  private readonly endpoints = new WeakMap<Deployment, string>();
  private announce: ((key: string, header: string) => Promise<unknown>) | undefined;

  constructor(private readonly logger: LearningLogger) {}

  /** Resolves when all that is known already has been heard, and goes on listening. Returns what ends that. */
  async follow(bus: Pick<Bus, 'bucket'>): Promise<() => Promise<void>> {
    const bucket = await bus.bucket(learnedRegions);
    this.announce = (key, header) => bucket.put(key, { header, observedAt: Date.now() });
    const watch = bucket.watch((key, { header }) => {
      this.byEndpoint.set(key, { header, region: parseRegion(header) });
    });
    await watch.initialValues;
    return () => watch.stop();
  }

  /** The region a provider named for this deployment's endpoint, if it has been heard. */
  readonly regionOf = (deployment: Deployment): Region | undefined => {
    const key = this.endpointOf(deployment);
    return key === undefined ? undefined : this.byEndpoint.get(key)?.region;
  };

  /** Takes note of the region an answer names; costs one look-up when there is nothing to learn. */
  observe(deployment: Deployment, headers: IncomingHttpHeaders): void {
    const key = this.endpointOf(deployment);
    if (key === undefined) return;
    const header = headers['x-ms-region'];
    if (typeof header !== 'string' || header === '' || header.length > maxHeaderLength) return;
    const before = this.byEndpoint.get(key)?.header;
    if (before === header || before === severalRegions) return;
    this.learn(deployment, key, before === undefined ? header : severalRegions);
  }

  /** Undefined: there is nothing to learn of it. */
  private endpointOf(deployment: Deployment): string | undefined {
    if (!needsLearning(deployment)) return undefined;
    const known = this.endpoints.get(deployment);
    if (known !== undefined) return known;
    const key = endpointKey(deployment.upstream);
    this.endpoints.set(deployment, key);
    return key;
  }

  private learn(deployment: Deployment, key: string, header: string): void {
    this.byEndpoint.set(key, { header, region: parseRegion(header) });
    this.logger.info({ deploymentId: deployment.id, region: header }, 'learned a region');
    this.announce?.(key, header).catch((error: unknown) => {
      // The next answer may tell it again: forget it, so that it is announced then.
      this.byEndpoint.delete(key);
      this.logger.warn({ deploymentId: deployment.id, error }, 'a learned region could not be announced');
    });
  }

  /** Deployments nobody knows the region of yet: worth a probe. */
  unknown(deployments: readonly Deployment[]): Deployment[] {
    return deployments.filter((deployment) => {
      const key = this.endpointOf(deployment);
      return key !== undefined && !this.byEndpoint.has(key);
    });
  }
}

/** Only Azure names its region, and what an operator declared or an address says is not overruled. */
function needsLearning({ region, upstream }: Deployment): boolean {
  return region === undefined && upstream.provider === 'azure';
}
