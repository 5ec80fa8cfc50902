import { setTimeout as wait } from 'node:timers/promises';
import { bodyOf, type CallPlan } from './call-plan.js';
import type { Dice } from './dice.js';

/** A call as its client saw it. */
export interface MadeCall {
  readonly plan: CallPlan;
  /** Which gateway took it, from 1. */
  gateway: number;
  /** `performance.now()` when the client had its answer or gave up; absent while it is under way. */
  endedAt?: number;
  /** HTTP status; 0 when the connection broke. */
  status: number;
  /** The last byte of the answer came. */
  isAnswered: boolean;
  /** Its gateway was killed while it was under way or shortly after: its record may have gone with it. */
  isDoubtful: boolean;
}

export interface TrafficOptions {
  readonly urls: readonly string[];
  readonly key: string;
  /** Calls under way at once. */
  readonly clients: number;
  readonly dice: Dice;
  /** The next call; undefined when there are enough. */
  readonly next: () => CallPlan | undefined;
}

/**
 * What a gateway keeps in memory of calls that have ended: at most what waits for one acknowledgement, which a broker
 * that hangs may hold up for five seconds. See docs/usage-delivery.md.
 */
const unacknowledgedMs = 5_000;
const retryRefusedAfterMs = 25;

/** Clients that call without pause. */
export class Traffic {
  readonly calls: MadeCall[] = [];
  private readonly doubted = new Set<number>();
  private readonly stopped = new AbortController();

  constructor(private readonly options: TrafficOptions) {}

  /** Resolves when the last call has ended. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.clients }, () => this.client()));
  }

  /** No call begins any more. */
  stop(): void {
    this.stopped.abort();
  }

  private isOver(): boolean {
    return this.stopped.signal.aborted;
  }

  /** A gateway is about to be killed. */
  doubt(gateway: number): void {
    this.doubted.add(gateway);
    const now = performance.now();
    for (const call of this.calls) {
      if (call.gateway !== gateway) continue;
      if (call.endedAt === undefined || now - call.endedAt < unacknowledgedMs) call.isDoubtful = true;
    }
  }

  /** It is back. */
  trust(gateway: number): void {
    this.doubted.delete(gateway);
  }

  private async client(): Promise<void> {
    for (let plan = this.options.next(); plan !== undefined && !this.isOver(); plan = this.options.next()) {
      const call: MadeCall = { plan, gateway: 0, status: 0, isAnswered: false, isDoubtful: false };
      this.calls.push(call);
      while (!this.isOver() && !(await this.reached(call))) await wait(retryRefusedAfterMs);
      call.endedAt = performance.now();
    }
  }

  /** False when nobody listened: the call was not made. */
  private async reached(call: MadeCall): Promise<boolean> {
    const { dice, urls } = this.options;
    call.gateway = dice.between(1, urls.length);
    if (this.doubted.has(call.gateway)) call.isDoubtful = true;
    try {
      await this.make(call);
      return true;
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      return code !== 'ECONNREFUSED';
    }
  }

  private async make(call: MadeCall): Promise<void> {
    const { plan, gateway } = call;
    const hangUp = new AbortController();
    const response = await fetch(
      `${this.options.urls[gateway - 1] ?? ''}/v1/${plan.isEmbedding ? 'embeddings' : 'chat/completions'}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.options.key}` },
        body: JSON.stringify(bodyOf(plan)),
        signal: hangUp.signal,
      },
    );
    call.status = response.status;
    const pieces = response.body?.getReader();
    while (pieces !== undefined && !(await pieces.read()).done) {
      if (plan.hangsUp && response.ok) hangUp.abort();
    }
    call.isAnswered = true;
  }
}
