import { Module, type DynamicModule } from '@nestjs/common';
import { DecideController } from './decide.controller.js';
import { DecisionService } from './decision-service.js';

@Module({})
export class RouterModule {
  /** The module around a service that is ready to decide. */
  static around(decisions: DecisionService): DynamicModule {
    return {
      module: RouterModule,
      controllers: [DecideController],
      providers: [{ provide: DecisionService, useValue: decisions }],
    };
  }
}
