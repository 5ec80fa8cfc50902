import {
  fault,
  FaultError,
  routerDecide,
  valueOf,
  type RouteDecision,
  type RouteOutcome,
  type RouteRequest,
} from '@signalbox/contracts';
import { createBatcher, type Bus } from '@signalbox/messaging';

/** Asks the router which deployment serves a call; all that ask in one turn of the event loop share one message. */
export class RouterClient {
  private readonly ask: (request: RouteRequest) => Promise<RouteOutcome>;

  constructor(bus: Pick<Bus, 'call'>) {
    this.ask = createBatcher(async (requests: RouteRequest[]) => {
      const reply = await bus.call(routerDecide, { requests }, { unavailable: 'router_unavailable' });
      return valueOf(reply).outcomes;
    });
  }

  /** Returns the decision; throws the FaultError of a refusal, or `router_unavailable`. */
  async decide(request: RouteRequest): Promise<RouteDecision> {
    const outcome = await this.ask(request);
    // An answer to another question must not decide where this customer's data goes.
    if (outcome.attemptId !== request.attemptId) throw new FaultError(fault('router_unavailable'));
    if (outcome.outcome === 'refused') throw new FaultError(outcome.fault);
    return outcome;
  }
}
