import { learnedRegions, type Catalog, type Deployment, type Region } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { endpointKey, parseRegion, regionsContradict } from '@signalbox/providers';
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
 * Regions that Azure named in its answers, shared with all gateways and routers. They fill the gap of deployments
 * whose region is neither declared nor inferred, and attest that of the others: one that its provider contradicts is
 * nowhere until the configuration says otherwise.
 */
export class LearnedRegions {
  private readonly byEndpoint = new Map<string, Learned>();
  /**
   * Hashing an address costs more than the look-up on the call path should. Not by id: after a change of the
   * configuration the same id may stand for another address.
   */
  private readonly endpoints = new WeakMap<Deployment, string>();
  /** Deployments whose region was compared with what their endpoint says now; made anew when anything is learned. */
  private compared = new WeakMap<Deployment, Region | 'agrees'>();
  private readonly untold = new Set<string>();
  private announce: ((key: string, header: string, isReadmission: boolean) => Promise<unknown>) | undefined;

  /** @param compat the house's view of what lies in `eu`; strict unless told. */
  constructor(
    private readonly logger: LearningLogger,
    private readonly compat: () => Catalog['regionCompat'] = () => 'strict',
  ) {}

  /** Resolves when all that is known already has been heard, and goes on listening. Returns what ends that. */
  async follow(bus: Pick<Bus, 'bucket'>): Promise<() => Promise<void>> {
    const bucket = await bus.bucket(learnedRegions);
    this.announce = (key, header, isReadmission) =>
      bucket.put(key, { header, observedAt: Date.now(), ...(isReadmission && { isReadmission }) });
    const watch = bucket.watch((key, { header, isReadmission }) => {
      // What is told again after the broker was away does not undo what was heard here meanwhile.
      const isNew = isReadmission === true && !this.untold.has(key);
      const before = isNew ? header : (this.byEndpoint.get(key)?.header ?? header);
      this.keep(key, before === header ? header : severalRegions);
      // Two have heard different answers at the same time, and one has written over the other.
      if (before !== header && header !== severalRegions) this.tell(key);
    });
    await watch.initialValues;
    return () => watch.stop();
  }

  /** The region a provider named for a deployment whose region nobody else knows, if it has been heard. */
  readonly regionOf = (deployment: Deployment): Region | undefined => {
    if (deployment.region !== undefined) return undefined;
    return this.heardFrom(deployment)?.region;
  };

  /** The region a provider named for a deployment that is declared or inferred to be elsewhere. */
  readonly contradictedRegion = (deployment: Deployment): Region | undefined => {
    if (deployment.region === undefined || !namesItsRegion(deployment)) return undefined;
    const known = this.compared.get(deployment) ?? this.compare(deployment, deployment.region);
    return known === 'agrees' ? undefined : known;
  };

  /** Takes note of the region an answer names; costs two look-ups when there is nothing to learn. */
  observe(deployment: Deployment, headers: IncomingHttpHeaders): void {
    if (!namesItsRegion(deployment)) return;
    const header = headers['x-ms-region'];
    if (typeof header !== 'string' || header === '' || header.length > maxHeaderLength) return;
    const key = this.endpointOf(deployment);
    const before = this.byEndpoint.get(key)?.header;
    if (before === undefined) this.learn(deployment, key, header, header);
    else if (before !== header && before !== severalRegions) {
      this.learn(deployment, key, severalRegions, header);
    } else if (this.untold.has(key)) this.tell(key);
  }

  /**
   * Forgets what an endpoint said before and takes it for where it says now, for everybody: an operator vouches for it.
   * Resolves when it was passed on; rejects when the broker does not confirm it, and then nothing has changed.
   */
  async readmit(deployment: Deployment, header: string): Promise<void> {
    const key = this.endpointOf(deployment);
    await this.announce?.(key, header, true);
    this.untold.delete(key);
    this.keep(key, header);
  }

  /** Deployments nobody knows the region of yet: worth a probe. */
  unknown(deployments: readonly Deployment[]): Deployment[] {
    return deployments.filter(
      (deployment) =>
        deployment.region === undefined &&
        namesItsRegion(deployment) &&
        this.heardFrom(deployment) === undefined,
    );
  }

  private learn(deployment: Deployment, key: string, header: string, answered: string): void {
    this.keep(key, header);
    const { id: deploymentId, region: declared, regionSource } = deployment;
    if (this.contradictedRegion(deployment) === undefined) {
      this.logger.info({ deploymentId, region: header }, 'learned a region');
    } else {
      this.logger.warn(
        { deploymentId, region: declared?.name, regionSource, answered },
        'a provider answered from another region than its deployment is in: no restricted caller is served there any more',
      );
    }
    this.tell(key);
  }

  /** What could not be told is told again with the next answer. It is known here all the same. */
  private tell(key: string): void {
    const header = this.byEndpoint.get(key)?.header;
    if (header === undefined || this.announce === undefined) return;
    this.untold.delete(key);
    this.announce(key, header, false).catch((error: unknown) => {
      this.untold.add(key);
      this.logger.warn({ region: header, error }, 'a learned region could not be announced');
    });
  }

  private keep(key: string, header: string): void {
    this.byEndpoint.set(key, { header, region: parseRegion(header) });
    this.compared = new WeakMap();
  }

  private compare(deployment: Deployment, region: Region): Region | 'agrees' {
    const heard = this.heardFrom(deployment);
    const isContradicted =
      heard !== undefined &&
      (heard.header === severalRegions || regionsContradict(region, heard.region, this.compat()));
    const result = isContradicted ? heard.region : 'agrees';
    this.compared.set(deployment, result);
    return result;
  }

  private heardFrom(deployment: Deployment): Learned | undefined {
    return namesItsRegion(deployment) ? this.byEndpoint.get(this.endpointOf(deployment)) : undefined;
  }

  private endpointOf(deployment: Deployment): string {
    const known = this.endpoints.get(deployment);
    if (known !== undefined) return known;
    const key = endpointKey(deployment.upstream);
    this.endpoints.set(deployment, key);
    return key;
  }
}

/** Only Azure does. */
function namesItsRegion({ upstream }: Deployment): boolean {
  return upstream.provider === 'azure';
}
