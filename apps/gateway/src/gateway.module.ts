import { CallService } from '@signalbox/calls';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { AdminPort } from './authentication/admin-port.js';
import { Authenticator } from './authentication/authenticator.js';
import { IdentityDirectory } from './authentication/identity-directory.js';
import { CallReader } from './calls/call-reader.js';
import { CallsController } from './calls/calls.controller.js';
import { HttpCalls } from './calls/http-calls.js';
import { MediaCallsController } from './calls/media-calls.controller.js';
import { CallExplainer } from './explain/call-explainer.js';
import { ExplainController } from './explain/explain.controller.js';
import { FailureFilter } from './errors/failure-filter.js';
import { RouteTable } from './errors/route-table.js';
import type { GatewayOptions } from './gateway-options.js';
import type { GatewayParts } from './gateway-parts.js';
import { BUS, COMPAT_LEVEL, EXPLAIN_TOOLS, GENERAL, LOGGER, MODELS, SETTINGS } from './gateway.tokens.js';
import { DeploymentHealth } from './health/deployment-health.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { ModelsController } from './models/models.controller.js';
import { GatewayMetrics } from './observability/gateway-metrics.js';
import { SpendModule } from './spend/spend.module.js';
import { DecisionOutbox } from './decisions/decision-outbox.js';
import { RefusedCalls } from './decisions/refused-calls.js';
import { UsageOutbox } from './usage/usage-outbox.js';
import { LearnedRegions } from '@signalbox/learned-regions';

/** Nest at the door: hands the parts to the controllers, here and in the admin module. */
@Module({})
export class GatewayModule {
  static of({ bus, logger, general, settings, models }: GatewayOptions, parts: GatewayParts): DynamicModule {
    const values = [
      { provide: BUS, useValue: bus },
      { provide: LOGGER, useValue: logger },
      { provide: GENERAL, useValue: general },
      { provide: MODELS, useValue: models ?? null },
      { provide: SETTINGS, useValue: settings },
      { provide: COMPAT_LEVEL, useValue: general.compatLevel },
      { provide: EXPLAIN_TOOLS, useValue: parts.explainTools },
      { provide: AdminPort, useValue: parts.adminPort },
      { provide: Authenticator, useValue: parts.authenticator },
      { provide: CallService, useValue: parts.calls },
      { provide: GatewayMetrics, useValue: parts.metrics },
      { provide: UsageOutbox, useValue: parts.outbox },
      { provide: DecisionOutbox, useValue: parts.decisions },
      { provide: DeploymentHealth, useValue: parts.health },
      { provide: IdentityDirectory, useValue: parts.identities },
      { provide: LearnedRegions, useValue: parts.learned },
      { provide: Readiness, useValue: parts.readiness },
      { provide: RouteTable, useValue: parts.routes },
    ];
    return {
      module: GatewayModule,
      global: true,
      imports: [AdminModule, SpendModule],
      controllers: [
        CallsController,
        MediaCallsController,
        ExplainController,
        ModelsController,
        HealthController,
      ],
      providers: [
        ...values,
        CallReader,
        HttpCalls,
        CallExplainer,
        RefusedCalls,
        { provide: APP_FILTER, useClass: FailureFilter },
      ],
      exports: values.map(({ provide }) => provide),
    };
  }
}
