import { fault, FaultError } from '@signalbox/contracts';
import type { AnswerClient } from './answer-client.js';
import { CallRun } from './call-run.js';
import type { CallTools, DecisionSink } from './call-tools.js';
import type { CallTrace } from './call-trace.js';
import type { Call } from './call.js';
import { decisionIdHeader, DecisionLog } from './decision-log.js';

/** Serves calls, as many at once as the configuration allows. */
export class CallService {
  private underWay = 0;
  private readonly idleListeners: (() => void)[] = [];

  constructor(
    private readonly tools: CallTools,
    /** Calls under way at once; what comes beyond is refused. */
    private readonly maxParallelRequests: number,
  ) {}

  /**
   * Resolves when the client has its answer or has gone, with the model group that served; throws what the error
   * filter shall answer.
   */
  async serve(call: Call, client: AnswerClient, trace: CallTrace): Promise<string> {
    const { decisions } = this.tools;
    this.underWay += 1;
    try {
      return await (decisions === undefined || call.decisionId === undefined
        ? this.run(this.tools, call, client, trace)
        : this.runRecorded(decisions, new DecisionLog(call, call.decisionId), call, client, trace));
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) for (const resolve of this.idleListeners.splice(0)) resolve();
    }
  }

  /** No call waits for a retry any more: they answer with what they have, or by another model. */
  stopWaiting(): void {
    this.tools.waits.stop();
  }

  /** Resolves when no call is under way: all that is recorded of calls has been handed over then. */
  async idle(): Promise<void> {
    if (this.underWay > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  private async runRecorded(
    decisions: DecisionSink,
    log: DecisionLog,
    call: Call,
    client: AnswerClient,
    trace: CallTrace,
  ): Promise<string> {
    const keep = (error?: unknown): void => {
      const { version: catalogVersion } = this.tools.attempt.settings.current.catalog;
      decisions.add(log.close({ catalogVersion, now: Date.now(), isGone: client.gone, error }));
    };
    try {
      const modelGroup = await this.run(log.watching(this.tools), call, client, trace);
      keep();
      return modelGroup;
    } catch (error) {
      client.setHeaders({ [decisionIdHeader]: call.decisionId });
      keep(error);
      throw error;
    }
  }

  private run(tools: CallTools, call: Call, client: AnswerClient, trace: CallTrace): Promise<string> {
    if (this.underWay <= this.maxParallelRequests) return new CallRun(tools, call, client, trace).serve();
    return Promise.reject(
      new FaultError(fault('rate_limit_exceeded', 'Rate limit exceeded: too many calls at once.')),
    );
  }
}
