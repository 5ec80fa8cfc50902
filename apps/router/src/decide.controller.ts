import { Controller } from '@nestjs/common';
import { routerDecide, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import { DecisionService } from './decision-service.js';

/** Answers `router.decide.v1`. */
@Controller()
export class DecideController {
  constructor(private readonly decisions: DecisionService) {}

  @Answers(routerDecide)
  async decide({ requests }: { requests: RouteRequest[] }): Promise<{ outcomes: RouteOutcome[] }> {
    return { outcomes: await this.decisions.decide(requests) };
  }
}
