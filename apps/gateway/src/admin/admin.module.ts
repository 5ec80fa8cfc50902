import { Module } from '@nestjs/common';
import { ActorInterceptor } from './actor.interceptor.js';
import { AddedModelsController } from '../models/added-models.controller.js';
import { AddedModels } from '../models/added-models.js';
import { AdminCalls } from './admin-calls.js';
import { BudgetsController } from './budgets.controller.js';
import { AuditController } from './audit.controller.js';
import { DecisionExport } from '../decisions/decision-export.js';
import { DecisionsController } from '../decisions/decisions.controller.js';
import { PublicKeyController } from '../decisions/public-key.controller.js';
import { EndUsersController } from './end-users.controller.js';
import { IgnoredFieldsInterceptor } from './ignored-fields.interceptor.js';
import { KeyAuthority } from './key-authority.js';
import { KeyBulkController } from './key-bulk.controller.js';
import { KeyLookupController } from './key-lookup.controller.js';
import { KeyReadingController } from './key-reading.controller.js';
import { KeyRegenerationController } from './key-regeneration.controller.js';
import { KeySpendController } from './key-spend.controller.js';
import { KeysController } from './keys.controller.js';
import { CoverageController } from '../residency/coverage.controller.js';
import { Readmission } from '../residency/readmission.js';
import { RefusedCustomersFinder } from '../residency/refused-customers.js';
import { RecordSpend } from './record-spend.js';
import { TagsController } from './tags.controller.js';
import { TeamBulkController } from './team-bulk.controller.js';
import { TeamMembersController } from './team-members.controller.js';
import { TeamsController } from './teams.controller.js';
import { TokenCounterController } from '../calls/token-counter.controller.js';
import { UsageController } from './usage.controller.js';
import { UserBulkController } from './user-bulk.controller.js';
import { UsersController } from './users.controller.js';

/** Routes for the holder of the master key. The bus comes from the gateway's own, global module. */
@Module({
  controllers: [
    EndUsersController,
    TagsController,
    TeamBulkController,
    TeamMembersController,
    TeamsController,
    UserBulkController,
    UsersController,
    KeysController,
    KeyBulkController,
    KeyLookupController,
    KeyReadingController,
    KeyRegenerationController,
    KeySpendController,
    BudgetsController,
    TokenCounterController,
    UsageController,
    AuditController,
    DecisionsController,
    PublicKeyController,
    AddedModelsController,
    CoverageController,
  ],
  providers: [
    ActorInterceptor,
    AddedModels,
    AdminCalls,
    DecisionExport,
    IgnoredFieldsInterceptor,
    KeyAuthority,
    RecordSpend,
    Readmission,
    RefusedCustomersFinder,
  ],
})
export class AdminModule {}
