import { Controller, Get, HttpCode, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { handleMetricsRequest } from '@signalbox/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentErrors } from '../errors/error-documentation.js';
import { DeploymentHealth, type HealthReport } from './deployment-health.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** Health in LiteLLM's words. */
@Controller()
@ApiTags('health')
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readinessOf: Readiness,
    private readonly deployments: DeploymentHealth,
  ) {}

  @Get('health')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Asks every deployment for its models; needs the master key' })
  @ApiQuery({ name: 'model', required: false, description: 'Only deployments of this model group.' })
  @ApiResponse({
    status: 200,
    content: {
      'application/json': {
        example: {
          healthy_endpoints: [
            {
              model: 'azure/gpt-4o',
              api_base: 'https://x.openai.azure.com',
              'x-ms-region': 'Sweden Central',
            },
          ],
          unhealthy_endpoints: [],
          healthy_count: 1,
          unhealthy_count: 0,
        },
      },
    },
  })
  @DocumentErrors('missing_key', 'admin_only')
  health(@Query('model') model?: string): Promise<HealthReport> {
    return this.deployments.report(model);
  }

  @Get('health/readiness')
  @ApiOperation({ summary: 'Whether this instance takes calls' })
  @ApiResponse({
    status: 200,
    content: { 'application/json': { example: { status: 'connected', bus: 'connected' } } },
  })
  @ApiResponse({ status: 503, description: 'The bus is away or the instance is shutting down.' })
  async readiness(@Res() reply: FastifyReply): Promise<void> {
    const report: ReadinessReport = this.readinessOf.report();
    await reply.status(report.status === 'connected' ? 200 : 503).send(report);
  }

  @Get(['health/liveliness', 'health/liveness'])
  @ApiOperation({ summary: 'Whether this instance is alive' })
  @ApiResponse({ status: 200, content: { 'application/json': { example: "I'm alive!" } } })
  async liveness(@Res() reply: FastifyReply): Promise<void> {
    await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify("I'm alive!"));
  }

  @Get('metrics')
  @HttpCode(200)
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus' })
  @ApiResponse({
    status: 200,
    content: { 'text/plain': { example: 'signalbox_calls_total{route="/v1/chat/completions"} 1' } },
  })
  metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    reply.hijack();
    handleMetricsRequest(request.raw, reply.raw);
  }
}
