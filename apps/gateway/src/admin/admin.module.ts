import { Module } from '@nestjs/common';
import { ActorInterceptor } from './actor.interceptor.js';
import { AdminCalls } from './admin-calls.js';
import { AuditController } from './audit.controller.js';
import { EndUsersController } from './end-users.controller.js';
import { IgnoredFieldsInterceptor } from './ignored-fields.interceptor.js';
import { KeysController } from './keys.controller.js';
import { TeamsController } from './teams.controller.js';
import { UsageController } from './usage.controller.js';

/** Routes for the holder of the master key. The bus comes from the gateway's own, global module. */
@Module({
  controllers: [EndUsersController, TeamsController, KeysController, UsageController, AuditController],
  providers: [ActorInterceptor, AdminCalls, IgnoredFieldsInterceptor],
})
export class AdminModule {}
