import { apiBaseOf, probeDeployment, type ProbeResult } from '@signalbox/calls';
import type { Catalog, Deployment } from '@signalbox/contracts';
import type { Dispatcher } from 'undici';
import type { LearnedRegions } from '@signalbox/learned-regions';

/** One deployment as `/health` tells it. */
export interface EndpointHealth {
  readonly model: string;
  readonly model_id: string;
  readonly api_base: string;
  readonly 'x-ms-region'?: string;
  readonly error?: string;
}

export interface HealthReport {
  readonly healthy_endpoints: EndpointHealth[];
  readonly unhealthy_endpoints: EndpointHealth[];
  readonly healthy_count: number;
  readonly unhealthy_count: number;
}

/** Deployments asked at once. */
const concurrency = 8;

/** Asks the deployments of the configuration how they are. */
export class DeploymentHealth {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly settings: { readonly current: { readonly catalog: Pick<Catalog, 'deployments'> } },
    private readonly learned: Pick<LearnedRegions, 'observe'>,
  ) {}

  /** @param model only deployments of this group, or of this upstream model as `provider/model`. */
  async report(model?: string): Promise<HealthReport> {
    const { deployments } = this.settings.current.catalog;
    const asked = deployments.filter((deployment) => model === undefined || isNamed(deployment, model));
    const results: EndpointHealth[] = [];
    const queue = asked.entries();
    const worker = async (): Promise<void> => {
      for (const [index, deployment] of queue) results[index] = await this.ask(deployment);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const healthy = results.filter(({ error }) => error === undefined);
    const unhealthy = results.filter(({ error }) => error !== undefined);
    return {
      healthy_endpoints: healthy,
      unhealthy_endpoints: unhealthy,
      healthy_count: healthy.length,
      unhealthy_count: unhealthy.length,
    };
  }

  /** Asks one deployment, and learns nothing from what it says. */
  probe(deployment: Deployment): Promise<ProbeResult> {
    return probeDeployment(this.dispatcher, deployment);
  }

  private async ask(deployment: Deployment): Promise<EndpointHealth> {
    const { headers, problem } = await this.probe(deployment);
    this.learned.observe(deployment, headers);
    const region = headers['x-ms-region'];
    return {
      model: upstreamName(deployment),
      model_id: deployment.id,
      api_base: apiBaseOf(deployment.upstream.apiBase),
      ...(typeof region === 'string' && { 'x-ms-region': region }),
      ...(problem !== undefined && { error: problem }),
    };
  }
}

function upstreamName({ upstream }: Deployment): string {
  return `${upstream.provider}/${upstream.model}`;
}

function isNamed(deployment: Deployment, model: string): boolean {
  return deployment.modelGroup === model || upstreamName(deployment) === model;
}
