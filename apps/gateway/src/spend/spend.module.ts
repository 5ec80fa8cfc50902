import { Module } from '@nestjs/common';
import { ActorInterceptor } from '../admin/actor.interceptor.js';
import { AdminCalls } from '../admin/admin-calls.js';
import { IgnoredFieldsInterceptor } from '../admin/ignored-fields.interceptor.js';
import { ActivityController } from './activity.controller.js';
import { GlobalActivityController } from './global-activity.controller.js';
import { GlobalSpendController } from './global-spend.controller.js';
import { SpendAnswerInterceptor } from './spend-answer.interceptor.js';
import { SpendLedger } from './spend-ledger.js';
import { SpendController } from './spend.controller.js';

/** Routes about what was spent. The bus comes from the gateway's own, global module. */
@Module({
  controllers: [SpendController, GlobalSpendController, GlobalActivityController, ActivityController],
  providers: [ActorInterceptor, AdminCalls, IgnoredFieldsInterceptor, SpendAnswerInterceptor, SpendLedger],
})
export class SpendModule {}
