import { startFakeUpstream, type FakeUpstream } from '@signalbox/testing';
import type { AttemptUsage, ModelListEntry, RouterOptions } from '../index.js';
import { Router } from '../index.js';

/** A pretended provider and the routers that use it; `stop` ends all of them. */
export interface RouterHouse {
  readonly upstream: FakeUpstream;
  /** What every attempt told, oldest first. */
  readonly usage: readonly AttemptUsage[];
  /** A deployment of `gpt-4o` at a site of the provider, which is also its id. */
  at(site: string, more?: Partial<ModelListEntry>): ModelListEntry;
  open(options: RouterOptions): Router;
  stop(): Promise<void>;
}

export async function openRouterHouse(): Promise<RouterHouse> {
  const upstream = await startFakeUpstream();
  const routers: Router[] = [];
  const usage: AttemptUsage[] = [];
  return {
    upstream,
    usage,
    at: (site, more) => ({
      model_name: 'gpt-4o',
      litellm_params: { model: 'openai/gpt-4o', api_base: upstream.siteUrl(site), api_key: `sk-${site}` },
      model_info: { id: site },
      ...more,
    }),
    open(options) {
      const router = new Router({ onUsage: (attempt) => usage.push(attempt), ...options });
      routers.push(router);
      return router;
    },
    async stop() {
      await Promise.all(routers.map((router) => router.close()));
      await upstream.stop();
    },
  };
}
