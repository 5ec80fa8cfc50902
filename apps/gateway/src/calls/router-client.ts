import {
  fault,
  FaultError,
  routerDecide,
  routerExplain,
  slotReturned,
  valueOf,
  type RouteExplanation,
  type RouteOutcome,
  type RouteRequest,
} from '@signalbox/contracts';
import { createBatcher, type Bus } from '@signalbox/messaging';

/** Asks the router which deployment serves a call; all that ask in one turn of the event loop share one message. */
export class RouterClient {
  private readonly ask: (request: RouteRequest) => Promise<RouteOutcome>;

  constructor(private readonly bus: Pick<Bus, 'call' | 'broadcast'>) {
    this.ask = createBatcher((requests: RouteRequest[]) => this.askTogether(requests));
  }

  /** Returns the router's decision or refusal; throws the FaultError of why there is none. */
  async decide(request: RouteRequest): Promise<RouteOutcome> {
    const outcome = await this.ask(request);
    // An answer to another question must not decide where this customer's data goes.
    if (outcome.attemptId !== request.attemptId) throw new FaultError(fault('router_unavailable'));
    return outcome;
  }

  /** What would be decided, and from what. Nothing is reserved. */
  async explain(request: RouteRequest): Promise<RouteExplanation> {
    return valueOf(await this.bus.call(routerExplain, { request }, { unavailable: 'router_unavailable' }));
  }

  /**
   * What does not fit a message of the bus, for the question's or the answer's length, goes in two. Who was decided
   * already keeps the decision: the attempt id is that of its reservation.
   */
  private async askTogether(requests: RouteRequest[]): Promise<RouteOutcome[]> {
    const reply = await this.bus.call(routerDecide, { requests }, { unavailable: 'router_unavailable' });
    if (!reply.ok && reply.fault.code === 'router_unavailable') this.giveBack(requests);
    if (reply.ok || reply.fault.code !== 'request_too_large' || requests.length < 2) {
      return valueOf(reply).outcomes;
    }
    const middle = Math.ceil(requests.length / 2);
    const halves = [requests.slice(0, middle), requests.slice(middle)];
    return (await Promise.all(halves.map((half) => this.askTogether(half)))).flat();
  }

  /** The router may have reserved before it, or its answer, was lost: nobody else knows of these reservations. */
  private giveBack(requests: readonly RouteRequest[]): void {
    for (const { attemptId } of requests) {
      this.bus.broadcast(slotReturned, { attemptId, tokens: 0, nanoDollars: 0 });
    }
  }
}
