import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DATABASE, type Database } from '@signalbox/database';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import { ActorInterceptor } from './audit/actor.interceptor.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRepository } from './audit/audit.repository.js';
import { SharedBudgetController } from './budgets/shared-budget.controller.js';
import { SharedBudgetRepository } from './budgets/shared-budget.repository.js';
import { SharedBudgetService } from './budgets/shared-budget.service.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { EndUserController } from './end-users/end-user.controller.js';
import { EndUserRepository } from './end-users/end-user.repository.js';
import { EndUserService } from './end-users/end-user.service.js';
import { DatabaseFaultInterceptor } from './failures/database-fault.interceptor.js';
import { BUS, LOGGER } from './identity.tokens.js';
import { KeyController } from './keys/key.controller.js';
import { KeyRepository } from './keys/key.repository.js';
import { KeyService } from './keys/key.service.js';
import { ModelController } from './models/model.controller.js';
import { ModelRepository } from './models/model.repository.js';
import { ModelService } from './models/model.service.js';
import { CallMetricsInterceptor } from './observability/call-metrics.interceptor.js';
import { NamesController } from './names/names.controller.js';
import { NamesRepository } from './names/names.repository.js';
import { ResidencyPolicyController } from './residency/residency-policy.controller.js';
import { ResidencyPolicyRepository } from './residency/residency-policy.repository.js';
import { TagController } from './tags/tag.controller.js';
import { TagRepository } from './tags/tag.repository.js';
import { TagService } from './tags/tag.service.js';
import { TeamMemberController } from './teams/team-member.controller.js';
import { TeamMemberRepository } from './teams/team-member.repository.js';
import { TeamMemberService } from './teams/team-member.service.js';
import { TeamController } from './teams/team.controller.js';
import { TeamRepository } from './teams/team.repository.js';
import { TeamService } from './teams/team.service.js';
import { UserController } from './users/user.controller.js';
import { UserRepository } from './users/user.repository.js';
import { UserService } from './users/user.service.js';

export interface IdentityResources {
  readonly bus: Bus;
  readonly database: Database;
  readonly logger: Logger;
}

@Module({})
export class IdentityModule {
  /** The resources stay their maker's: he closes them. */
  static with({ bus, database, logger }: IdentityResources): DynamicModule {
    return {
      module: IdentityModule,
      controllers: [
        EndUserController,
        TeamController,
        TeamMemberController,
        UserController,
        KeyController,
        SharedBudgetController,
        ModelController,
        TagController,
        NamesController,
        ResidencyPolicyController,
        AuditController,
      ],
      providers: [
        { provide: BUS, useValue: bus },
        { provide: DATABASE, useValue: database },
        { provide: LOGGER, useValue: logger },
        // The first one is the outermost: it sees the faults that the second one makes.
        { provide: APP_INTERCEPTOR, useClass: CallMetricsInterceptor },
        { provide: APP_INTERCEPTOR, useClass: DatabaseFaultInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ActorInterceptor },
        AuditRepository,
        IdentityChanges,
        EndUserRepository,
        EndUserService,
        TeamRepository,
        TeamService,
        TeamMemberRepository,
        TeamMemberService,
        UserRepository,
        UserService,
        KeyRepository,
        KeyService,
        SharedBudgetRepository,
        SharedBudgetService,
        NamesRepository,
        ResidencyPolicyRepository,
        ModelRepository,
        ModelService,
        TagRepository,
        TagService,
      ],
    };
  }
}
