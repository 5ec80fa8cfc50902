import { fault, FaultError } from '@signalbox/contracts';
import type { AnswerClient } from './answer-client.js';
import { CallRun } from './call-run.js';
import type { CallTools } from './call-tools.js';
import type { CallTrace } from './call-trace.js';
import type { Call } from './call.js';
import { decisionIdHeader, DecisionLog } from './decision-log.js';

/** Serves calls, as many at once as the configuration allows. */
export class CallService {
  private underWay = 0;

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
    if (call.decisionId === undefined || decisions === undefined) {
      return this.serveWith(this.tools, call, client, trace);
    }
    const log = new DecisionLog(call, call.decisionId);
    const keep = (error?: unknown): void => {
      const { version: catalogVersion } = this.tools.attempt.settings.current.catalog;
      decisions.add(log.close({ catalogVersion, now: Date.now(), isGone: client.gone, error }));
    };
    try {
      const modelGroup = await this.serveWith(log.watching(this.tools), call, client, trace);
      keep();
      return modelGroup;
    } catch (error) {
      client.setHeaders({ [decisionIdHeader]: call.decisionId });
      keep(error);
      throw error;
    }
  }

  /** No call waits for a retry any more: they answer with what they have, or by another model. */
  stopWaiting(): void {
    this.tools.waits.stop();
  }

  private async serveWith(
    tools: CallTools,
    call: Call,
    client: AnswerClient,
    trace: CallTrace,
  ): Promise<string> {
    if (this.underWay >= this.maxParallelRequests) {
      throw new FaultError(fault('rate_limit_exceeded', 'Rate limit exceeded: too many calls at once.'));
    }
    this.underWay += 1;
    try {
      return await new CallRun(tools, call, client, trace).serve();
    } finally {
      this.underWay -= 1;
    }
  }
}
