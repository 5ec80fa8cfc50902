import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadCallSettings, type CallSettings } from '@signalbox/calls';
import { Current, type GeneralSettings, type RouterSettings, type Settings } from '@signalbox/config';
import type { Catalog, DecisionRecord, Deployment, UsageRecord } from '@signalbox/contracts';
import { ensureBinaries, startNats, type RunningServer } from '@signalbox/local-stack';
import type { FollowedModels } from '@signalbox/live-settings';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { aCatalog } from '@signalbox/routing/testing';
import { expect, vi } from 'vitest';
import { defaultLimits, type GatewayLimits } from '../gateway-options.js';
import type { RunningGateway } from '../running-gateway.js';
import { startGateway } from '../start-gateway.js';
import type { BatchSpill } from '../outbox/spill/batch-spill.js';
import { FakeServices } from './fake-services.js';

export const masterKey = 'sk-master';
const logger = createLogger({ service: 'gateway-spec', level: 'silent' });
const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');

export interface GatewayWords {
  readonly deployments: readonly Deployment[];
  readonly catalog?: Partial<Catalog>;
  readonly general?: Partial<GeneralSettings>;
  readonly router?: Partial<RouterSettings>;
  readonly limits?: Partial<GatewayLimits>;
  readonly models?: FollowedModels;
  /** Where usage goes while the bus is away. */
  readonly usageSpill?: BatchSpill<UsageRecord>;
  /** The same of decision records. */
  readonly decisionSpill?: BatchSpill<DecisionRecord>;
}

/** A gateway in this process on a real nats-server, with services that answer as the test says. */
export class GatewayUnderTest {
  private constructor(
    readonly gateway: RunningGateway,
    readonly services: FakeServices,
    readonly nats: TestNats,
    /** The bus of the services, for what a test wants to see there itself. */
    readonly bus: Bus,
    /** What the gateway goes by; to be replaced as a changed file does it. */
    readonly settings: Current<CallSettings>,
    private readonly gatewayBus: Bus,
  ) {}

  static async start(words: GatewayWords): Promise<GatewayUnderTest> {
    const nats = await TestNats.start();
    const catalog = aCatalog(words.deployments, words.catalog);
    const servicesBus = await connectBus({ servers: nats.url, name: 'services', logger });
    const services = new FakeServices(servicesBus, catalog);
    await services.start();
    const bus = await connectBus({ servers: nats.url, name: 'gateway', logger });
    const limits = {
      ...defaultLimits,
      firstBackoffMs: 1,
      longestBackoffMs: 4,
      agreeWithinMs: 20,
      ...words.limits,
    };
    const { general, ...routing } = settingsOf(catalog, words);
    const settings = new Current(await loadCallSettings(routing));
    const { models, usageSpill, decisionSpill } = words;
    const given = { general, settings, models, usageSpill, decisionSpill };
    const options = { ...given, bus, logger, version: '0.0.0-spec', limits };
    const gateway = await startGateway(options, { host: '127.0.0.1', port: 0 });
    return new GatewayUnderTest(gateway, services, nats, servicesBus, settings, bus);
  }

  get url(): string {
    return `http://127.0.0.1:${this.gateway.port}`;
  }

  /** Posts JSON with the master key unless headers say otherwise. */
  post(
    route: string,
    body: unknown,
    init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Response> {
    return fetch(`${this.url}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${masterKey}`, ...init.headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(init.signal !== undefined && { signal: init.signal }),
    });
  }

  get(
    route: string,
    headers: Record<string, string> = { authorization: `Bearer ${masterKey}` },
  ): Promise<Response> {
    return fetch(`${this.url}${route}`, { headers });
  }

  /** The usage of a call, once it has arrived; that of earlier calls may still be under way. */
  usageOf(response: Response, count = 1): Promise<UsageRecord[]> {
    const id = response.headers.get('x-litellm-call-id');
    return vi.waitFor(() => {
      const records = this.services.usage.filter(({ requestId }) => requestId === id);
      expect(records).toHaveLength(count);
      return records;
    });
  }

  async stop(): Promise<void> {
    await this.gateway.finishCalls(0);
    await this.gateway.disconnect();
    await this.gatewayBus.drain();
    await this.bus.drain();
    await this.nats.remove();
  }
}

function settingsOf(catalog: Catalog, { general, router }: GatewayWords): Settings {
  return {
    catalog,
    endUserDefaults: {},
    general: {
      masterKey,
      maxRequestSizeBytes: 1024 * 1024,
      userHeaderMappings: [],
      compatLevel: 'signalbox',
      usageWhenFull: 'refuse',
      decisionRecords: 'off',
      ...general,
    },
    router: {
      numRetries: 2,
      timeoutMs: 10_000,
      retryAfterMs: 0,
      retryPolicy: {},
      modelGroupRetryPolicy: {},
      fallbacks: {
        tables: { general: [], context_window: [], content_policy: [] },
        defaults: [],
        maxFallbacks: 5,
      },
      cooldowns: { disabled: true, timeMs: 0, allowedFailsPolicy: {} },
      routingStrategy: 'simple-shuffle',
      limitsWithoutRedis: 'local_share',
      ...router,
    },
  };
}

/** A nats-server with its own data on its own port, which can be killed and brought back. */
export class TestNats {
  private constructor(
    private readonly launch: (port?: number) => Promise<RunningServer>,
    private readonly directory: string,
    private server: RunningServer,
  ) {}

  static async start(): Promise<TestNats> {
    const [binary] = await ensureBinaries(['nats-server'], { dataDirectory });
    if (binary === undefined) throw new Error('nats-server was not found');
    const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-gateway-'));
    const launch = (port?: number): Promise<RunningServer> =>
      startNats({
        binary,
        directory: path.join(directory, 'nats'),
        durable: false,
        ...(port !== undefined && { port }),
      });
    return new TestNats(launch, directory, await launch());
  }

  get url(): string {
    return this.server.url;
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.stop();
  }

  async restart(): Promise<void> {
    this.server = await this.launch(this.server.port);
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
