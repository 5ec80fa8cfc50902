import { Controller } from '@nestjs/common';
import {
  routerDecide,
  routerExplain,
  type RouteExplanation,
  type RouteOutcome,
  type RouteRequest,
} from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import { summariseVerdicts } from '@signalbox/routing';
import { DecisionService } from './decision-service.js';

/** Answers `router.decide.v1` and `router.explain.v1`. */
@Controller()
export class DecideController {
  constructor(private readonly decisions: DecisionService) {}

  @Answers(routerDecide)
  async decide({ requests }: { requests: RouteRequest[] }): Promise<{ outcomes: RouteOutcome[] }> {
    const outcomes = await this.decisions.decide(requests);
    return {
      outcomes: outcomes.map((outcome, index) =>
        requests[index]?.explain === true ? outcome : summariseVerdicts(outcome),
      ),
    };
  }

  @Answers(routerExplain)
  explain({ request }: { request: RouteRequest }): Promise<RouteExplanation> {
    return this.decisions.explain(request);
  }
}
