import type { Behaviour, FakeUpstream, RecordedRequest } from '@signalbox/testing';
import { callsIn, type CallPlan, type Fate } from './call-plan.js';
import { errorOf } from './pretended-providers.js';
import type { Receipt } from './oracle.js';
import type { Site, World } from './world.js';

/** A provider's memory of its own answers. */
interface Memory {
  answered: number;
  /** When it was first heard to be elsewhere, `performance.now()`. */
  withdrawnAt: number;
}

/** Every provider of every world: notes whose bytes it gets, and treats each attempt as its call's fate wants. */
export class ProviderSites {
  /** Requests that no provider should ever get. */
  readonly faults: string[] = [];
  requests = 0;
  private readonly plans = new Map<number, CallPlan>();
  private readonly received = new Map<number, Receipt[]>();
  private readonly late = new Map<number, (receipt: Receipt) => void>();

  constructor(
    private readonly upstream: FakeUpstream,
    /** How long those who do not know yet may go on calling a provider that was heard to be elsewhere. */
    private readonly settleMs: number,
  ) {}

  /** The providers of a world take requests from now on. */
  open({ sites }: World): void {
    for (const site of sites) {
      const memory: Memory = { answered: 0, withdrawnAt: Number.POSITIVE_INFINITY };
      this.upstream.behave(site.name, (request) => this.receive(site, memory, request));
    }
  }

  /** A call is about to be made; what will have been received of it stands in what this returns. */
  expect(plan: CallPlan): readonly Receipt[] {
    const receipts: Receipt[] = [];
    this.plans.set(plan.number, plan);
    this.received.set(plan.number, receipts);
    return receipts;
  }

  /** The call is over and judged. What was given up may arrive all the same, whenever a busy machine comes to it. */
  close({ number, fates }: CallPlan, onLate: (receipt: Receipt) => void): void {
    this.plans.delete(number);
    this.received.delete(number);
    if (fates.includes('is late')) this.late.set(number, onLate);
  }

  private receive(site: Site, memory: Memory, request: RecordedRequest): Behaviour {
    this.requests += 1;
    const numbers = callsIn(JSON.stringify([request.path, request.headers, request.body]));
    const [number] = numbers;
    const isProbe = request.method === 'GET';
    if (isProbe ? number !== undefined || request.body !== undefined : numbers.length !== 1) {
      this.faults.push(
        `${site.name} got ${request.method} ${request.path} of the calls ${JSON.stringify(numbers)}`,
      );
    }
    const fate = number === undefined ? 'answers' : this.note(number, site, memory);
    return { ...behaviourOf(fate), region: this.regionOf(site, memory, fate) };
  }

  private note(number: number, site: Site, memory: Memory): Fate {
    const [plan, receipts] = [this.plans.get(number), this.received.get(number)];
    if (plan === undefined || receipts === undefined) {
      const onLate = this.late.get(number);
      if (onLate === undefined)
        this.faults.push(`${site.name} got something of call ${number}, which is over`);
      // When it was sent nobody can say any more.
      onLate?.({ site, isWithdrawn: false });
      return 'answers';
    }
    receipts.push({ site, isWithdrawn: performance.now() > memory.withdrawnAt + this.settleMs });
    return plan.fates[receipts.length - 1] ?? 'answers';
  }

  /** Where the provider says it is with its next answer. */
  private regionOf({ siting }: Site, memory: Memory, fate: Fate): string | null {
    const { answers, withdrawnBy } = siting;
    if (answers === undefined) return null;
    const region = answers[Math.min(memory.answered, answers.length - 1)] ?? null;
    // Nobody hears an answer that does not come.
    if (fate === 'hangs up' || fate === 'is late') return region;
    if (memory.answered === withdrawnBy) memory.withdrawnAt = performance.now();
    memory.answered += 1;
    return region;
  }
}

/** Longer than a call with this fate waits. */
const lateMs = 2_000;

function behaviourOf(fate: Fate): Behaviour {
  const error = errorOf(fate);
  if (error !== undefined) {
    const { status, code } = error;
    return { status, body: { error: { message: code, type: 'invalid_request_error', param: null, code } } };
  }
  if (fate === 'hangs up') return { hangUp: true };
  if (fate === 'is late') return { latencyMs: lateMs };
  if (fate === 'breaks off') return { truncateStreamAfter: 1 };
  return fate === 'babbles' ? { garbage: true } : {};
}
