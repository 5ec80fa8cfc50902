import { randomUUID } from 'node:crypto';
import { fault, FaultError, type RouteDecision } from '@signalbox/contracts';
import type { CallTrace } from '../observability/call-trace.js';
import { Attempt, type AttemptFailure } from './attempt.js';
import type { AttemptTools } from './attempt-tools.js';
import type { Call } from './call.js';
import type { ClientConnection } from './client-connection.js';
import { routeRequestOf } from './route-request.js';
import type { RouterClient } from './router-client.js';

/** Serves calls: asks the router, makes the attempt, and asks again while another deployment may do better. */
export class CallService {
  private underWay = 0;

  constructor(
    private readonly router: Pick<RouterClient, 'decide'>,
    private readonly tools: AttemptTools,
    /** Calls under way at once; what comes beyond is refused. */
    private readonly maxParallelRequests: number,
  ) {}

  /**
   * Resolves when the client has its answer or has gone, with the model group that served; throws what the error
   * filter shall answer.
   */
  async serve(call: Call, client: ClientConnection, trace: CallTrace): Promise<string> {
    if (this.underWay >= this.maxParallelRequests) {
      throw new FaultError(fault('rate_limit_exceeded', 'Rate limit exceeded: too many calls at once.'));
    }
    this.underWay += 1;
    try {
      return await this.attemptUntilServed(call, client, trace);
    } finally {
      this.underWay -= 1;
    }
  }

  private async attemptUntilServed(call: Call, client: ClientConnection, trace: CallTrace): Promise<string> {
    const exclude: string[] = [];
    let failure: AttemptFailure | undefined;
    for (;;) {
      const decision = await this.decide(call, exclude, trace, failure);
      const attempt = new Attempt(this.tools, {
        call,
        decision,
        client,
        attemptedRetries: exclude.length,
        trace,
      });
      failure = await attempt.run();
      if (failure === undefined) return decision.modelGroup;
      if (!failure.mayRetry || exclude.length >= call.maxRetries) throw failure.error;
      exclude.push(decision.deploymentId);
    }
  }

  private async decide(
    call: Call,
    exclude: readonly string[],
    trace: CallTrace,
    failure: AttemptFailure | undefined,
  ): Promise<RouteDecision> {
    const span = trace.startDecide();
    try {
      const { traceparent } = span;
      return await this.router.decide(
        routeRequestOf(call, { attemptId: randomUUID(), exclude, traceparent }),
      );
    } catch (refusal) {
      // No other deployment is left: the provider's own error says more than the router's.
      throw failure?.error ?? refusal;
    } finally {
      span.end();
    }
  }
}
