import {
  CallService,
  checkedBody,
  httpFailureOf,
  loadCallSettings,
  readCall,
  silentTrace,
  UpstreamError,
  type AnswerClient,
  type Call,
  type CallSettings,
  type CallTools,
} from '@signalbox/calls';
import { readConfig } from '@signalbox/config';
import { FaultError, type Caller, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import { decideBatch, strategyNamed, type DecisionSources } from '@signalbox/decisions';
import { LearnedRegions } from '@signalbox/learned-regions';
import { MemoryLimitStore } from '@signalbox/rate-limits';
import type { Dice } from '../chaos/dice.js';
import { requestOf, type CallPlan, type Endpoint } from './call-plan.js';
import type { Answer, Receipt } from './oracle.js';
import { PretendedProviders } from './pretended-providers.js';
import { configOf, type World } from './world.js';

type Words = readonly string[] | undefined;

/** What the parties of a call demand. */
export interface Policies {
  readonly end_user: Words;
  readonly team: Words;
  readonly key: Words;
}

const silent = { info: () => undefined, warn: () => undefined };
const addresses = { port: 1_000, deadPort: 2_000 };

/** Router and gateway of one world, in this process. */
export class InProcessHouse {
  private readonly calls: CallService;
  private readonly providers: PretendedProviders;
  private isLying = false;

  private constructor(
    readonly world: World,
    private readonly settings: CallSettings,
    private readonly sources: DecisionSources,
    learned: LearnedRegions,
    private readonly dice: Dice,
  ) {
    this.providers = new PretendedProviders(world, addresses);
    this.calls = new CallService(this.tools(learned), Number.POSITIVE_INFINITY);
  }

  static async of(world: World, dice: Dice): Promise<InProcessHouse> {
    const loaded = readConfig(configOf(world, addresses, 'sk-proof'), { environment: {} });
    if (!loaded.ok) throw new Error(`a world that no configuration can be: ${JSON.stringify(loaded.faults)}`);
    const { catalog, router } = loaded.settings;
    const learned = new LearnedRegions(silent, () => catalog.regionCompat);
    const random = (): number => dice.roll();
    const facts = {
      learnedRegion: learned.regionOf,
      contradictedRegion: learned.contradictedRegion,
      latencyMs: () => undefined,
      random,
    };
    const limits = new MemoryLimitStore({ now: () => 1_000, random });
    const rules = { strategy: strategyNamed(router), timeoutMs: router.timeoutMs };
    return new InProcessHouse(
      world,
      await loadCallSettings(loaded.settings),
      { catalog, facts, limits, rules },
      learned,
      dice,
    );
  }

  /** Makes a call and says how it was answered, and which providers received something of it. */
  async call(
    plan: CallPlan,
    policies: Policies,
    isLied: boolean,
  ): Promise<{ readonly answer: Answer; readonly receipts: readonly Receipt[] }> {
    this.isLying = isLied;
    const receipts = this.providers.receiptsOf(plan);
    const client = new ForgetfulClient();
    try {
      await this.calls.serve(this.read(plan, policies), client, silentTrace);
      return { answer: client.answer(plan), receipts };
    } catch (error) {
      return { answer: refusalOf(error), receipts };
    }
  }

  private read(plan: CallPlan, { end_user: endUser, team, key }: Policies): Call {
    const endUserId = plan.endUser === undefined ? undefined : `user-${plan.endUser}`;
    const request = requestOf(plan, endUserId);
    const mode = modeOf(plan.endpoint);
    const bytes = Buffer.from(JSON.stringify(request.body));
    return readCall(
      {
        requestId: `call-${plan.number}`,
        ...{ mode, bytes, endUserId, tagLimits: undefined, tags: { tags: [] }, mayOrderFailures: false },
        body: checkedBody(mode, request.body),
        headers: request.headers,
        model: undefined,
        caller: callerOf(team, key),
        policy:
          endUserId === undefined
            ? undefined
            : { endUserId, blocked: false, defaultModel: null, allowedRegions: listOf(endUser) },
        arrivedAt: performance.now(),
      },
      this.settings.estimates,
    );
  }

  private tools(learned: LearnedRegions): CallTools {
    const nothing = (): undefined => undefined;
    return {
      router: { decide: (request) => this.decide(request) },
      attempt: {
        dispatcher: this.providers,
        settings: { current: this.settings },
        facts: this.sources.facts,
        learned,
        outbox: { add: nothing },
        metrics: { upstream: nothing, tokens: nothing, retry: nothing, fallback: nothing },
        logger: silent,
        version: 'proof',
        maxAnswerBytes: 100_000,
        isDraining: () => false,
      },
      // No clock: who would wait until a provider that failed may be asked again asks it at once.
      waits: { wait: () => Promise.resolve(true), stop: nothing },
      backoff: { firstMs: 1, longestMs: 1 },
      agreeWithinMs: 0,
      dice: () => this.dice.roll(),
    };
  }

  private async decide(request: RouteRequest): Promise<RouteOutcome> {
    const [outcome] = await decideBatch(this.sources, [request]);
    if (outcome === undefined) throw new Error('a decision without an outcome');
    if (!this.isLying) return outcome;
    const { id, group } = this.dice.oneOf(this.world.sites);
    return {
      outcome: 'chosen',
      requestId: request.requestId,
      attemptId: request.attemptId,
      catalogVersion: this.settings.catalog.version,
      deploymentId: id,
      modelGroup: group,
      verdicts: [],
      rateLimits: {},
      reservedTokens: 0,
    };
  }
}

const modes: Partial<Record<Endpoint, Call['mode']>> = {
  'chat/completions': 'chat',
  completions: 'completion',
  embeddings: 'embedding',
  responses: 'responses',
  moderations: 'moderation',
  'images/generations': 'image_generation',
};

function modeOf(endpoint: Endpoint): Call['mode'] {
  const mode = modes[endpoint];
  if (mode === undefined) throw new Error(`${endpoint} is called at the system only`);
  return mode;
}

function listOf(words: Words): string[] {
  return words === undefined ? [] : [...words];
}

function callerOf(team: Words, key: Words): Caller {
  return {
    keyHash: 'a'.repeat(64),
    ...{ keyAlias: null, userId: null, models: [], aliases: {}, tags: [], expiresAt: null },
    allowedRegions: listOf(key),
    team: {
      teamId: 'team',
      alias: null,
      models: [],
      modelAliases: {},
      tags: [],
      allowedRegions: listOf(team),
    },
  };
}

function refusalOf(error: unknown): Answer {
  if (error instanceof UpstreamError) return { status: error.failure.status, isWhole: true };
  if (!(error instanceof FaultError)) throw error;
  const { status, type } = httpFailureOf(error.fault, 'signalbox');
  return { status, errorType: type, isWhole: true };
}

/** Takes an answer and keeps nothing of it but how it ended. */
class ForgetfulClient implements AnswerClient {
  readonly gone = false;
  private status = 0;
  private isWhole = false;

  answer({ isStreamed }: CallPlan): Answer {
    return { status: this.status, isWhole: this.isWhole || !isStreamed };
  }

  onGone(): void {
    // It stays to the end.
  }

  setHeaders(): void {
    // Of errors only status and type count.
  }

  writeHead(status: number): void {
    this.status = status;
  }

  write(): boolean {
    return true;
  }

  onDrain(proceed: () => void): void {
    proceed();
  }

  end(): void {
    this.isWhole = true;
  }

  breakOff(): void {
    this.isWhole = false;
  }
}
