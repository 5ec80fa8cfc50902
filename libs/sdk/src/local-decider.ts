import type { Decider } from '@signalbox/calls';
import { fault, FaultError, type RouteDecision, type RouteRequest } from '@signalbox/contracts';
import { decideBatch, type DecisionSources } from '@signalbox/decisions';

/** Decides in this process what the router service is asked over the bus. */
export class LocalDecider implements Decider {
  constructor(private readonly sources: DecisionSources) {}

  async decide(request: RouteRequest): Promise<RouteDecision> {
    const [outcome] = await decideBatch(this.sources, [request]);
    if (outcome?.outcome === 'chosen') return outcome;
    throw new FaultError(outcome?.fault ?? fault('router_unavailable'));
  }
}
