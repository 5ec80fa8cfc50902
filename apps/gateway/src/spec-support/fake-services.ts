import {
  decisionRecorded,
  fault,
  FaultError,
  identityAuthenticate,
  identityChanged,
  identityEndUser,
  identityTagLimits,
  routerDecide,
  routerExplain,
  usageRecorded,
  type Caller,
  type CallerLimits,
  type Catalog,
  type DecisionRecord,
  type EndUserPolicy,
  type Fault,
  type IdentityChanged,
  type RouteExplanation,
  type RouteOutcome,
  type RouteRequest,
  type UsageRecord,
} from '@signalbox/contracts';
import type { Bus, Intake } from '@signalbox/messaging';
import { conclude, judge, namesOfModel, resolveModel } from '@signalbox/routing';

/** Router, identity and usage as the gateway hears them: they answer on the real bus, and remember what they heard. */
export class FakeServices {
  /** By key hash; a fault is what identity refuses with. Hashes not named are unknown keys. */
  readonly callers = new Map<string, Caller | Fault>();
  /** By end-user id; ids not named are unrestricted. */
  readonly endUsers = new Map<string, EndUserPolicy | Fault>();
  /** By name; tags not named have none. `undefined`: identity does not say. */
  tagLimits: Readonly<Record<string, CallerLimits>> | undefined = {};
  readonly asked: RouteRequest[] = [];
  readonly authenticated: string[] = [];
  readonly usage: UsageRecord[] = [];
  readonly decisions: DecisionRecord[] = [];
  /** Decides as the real router does, without limits, unless the test says otherwise. */
  decide: (request: RouteRequest) => RouteOutcome | Promise<RouteOutcome>;
  private readonly intakes: Intake[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly catalog: Catalog,
  ) {
    this.decide = (request) => conclude(judge(catalog, request, { learnedRegion: () => undefined }));
  }

  async start(): Promise<void> {
    const { bus } = this;
    await bus.ensureStream(usageRecorded);
    await bus.ensureStream(decisionRecorded);
    const router = bus.answer(routerDecide, 'router', async ({ requests }) => {
      this.asked.push(...requests);
      return { outcomes: await Promise.all(requests.map(async (request) => this.decide(request))) };
    });
    const explain = bus.answer(routerExplain, 'router', ({ request }) => this.explain(request));
    const authenticate = bus.answer(identityAuthenticate, 'identity', ({ keyHash }) => {
      this.authenticated.push(keyHash);
      return orThrow(this.callers.get(keyHash) ?? fault('unknown_key'));
    });
    const endUser = bus.answer(identityEndUser, 'identity', ({ endUserId }) =>
      orThrow(
        this.endUsers.get(endUserId) ?? { endUserId, blocked: false, allowedRegions: [], defaultModel: null },
      ),
    );
    const tagLimits = bus.answer(identityTagLimits, 'identity', () => {
      if (this.tagLimits === undefined) throw new FaultError(fault('identity_unavailable'));
      return { tags: Object.entries(this.tagLimits).map(([name, limits]) => ({ name, limits })) };
    });
    const usage = await bus.consume(usageRecorded, { durable: 'spec' }, (batches) => {
      this.usage.push(...batches.flatMap(({ records }) => records));
      return Promise.resolve();
    });
    const decisions = await bus.consume(decisionRecorded, { durable: 'spec' }, (batches) => {
      this.decisions.push(...batches.flatMap(({ records }) => records));
      return Promise.resolve();
    });
    this.intakes.push(router, explain, authenticate, endUser, tagLimits, usage, decisions);
    await bus.flush();
  }

  private async explain(request: RouteRequest): Promise<RouteExplanation> {
    const target = resolveModel(this.catalog, request);
    return {
      outcome: await this.decide(request),
      names: [...namesOfModel(this.catalog, request)],
      ...(target !== undefined && { modelGroup: target.modelGroup }),
      candidates: (target?.deployments ?? []).map(({ id, region, limits }) => ({
        deploymentId: id,
        ...(region !== undefined && { region, regionSource: 'declared' }),
        limits,
      })),
    };
  }

  /** Tells every gateway that records changed. */
  announce(change: Partial<IdentityChanged>): void {
    this.bus.broadcast(identityChanged, change);
  }

  forget(): void {
    for (const list of [this.asked, this.authenticated, this.usage, this.decisions]) list.length = 0;
  }

  /** Goes away, as a crashed service does. */
  async stop(): Promise<void> {
    for (const intake of this.intakes.splice(0)) await intake.stop();
    await this.bus.flush();
  }
}

function orThrow<Value extends object>(known: Value | Fault): Value {
  if ('code' in known && 'message' in known) throw new FaultError(known);
  return known;
}
