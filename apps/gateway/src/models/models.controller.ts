import { Controller, Get, Inject, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import { fault, FaultError, type Deployment } from '@signalbox/contracts';
import { visibleModels } from '@signalbox/routing';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { adminValidation } from '../admin/admin-validation.js';
import { callerOf, type Principal } from '../authentication/principal.js';
import { DocumentErrors } from '../errors/error-documentation.js';
import { SETTINGS } from '../gateway.tokens.js';
import { LearnedRegions } from '@signalbox/learned-regions';
import { modelInfo, type ModelInfo } from './model-info.js';

/** Models have no birthday here; LiteLLM answers this one. */
const created = 1_677_610_602;

/** LiteLLM's names. */
const infoQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(100).default(50),
  modelId: z.string().optional(),
  model: z.string().optional(),
  search: z.string().optional(),
});

interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: 'openai';
}

/** What a key may call, in OpenAI's and in LiteLLM's words. */
@Controller()
@ApiTags('models')
@ApiBearerAuth()
export class ModelsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    private readonly learned: LearnedRegions,
  ) {}

  @Get(['v1/models', 'models'])
  @ApiOperation({ summary: 'Models this key may call' })
  @ApiResponse({
    status: 200,
    content: {
      'application/json': {
        example: { object: 'list', data: [{ id: 'gpt-4o', object: 'model', created, owned_by: 'openai' }] },
      },
    },
  })
  @DocumentErrors('missing_key')
  list(@Req() { principal }: FastifyRequest): { object: 'list'; data: ListedModel[] } {
    const data = this.visibleTo(principal).map((id): ListedModel => ({
      id,
      object: 'model',
      created,
      owned_by: 'openai',
    }));
    return { object: 'list', data };
  }

  @Get(['model/info', 'v1/model/info'])
  @ApiOperation({ summary: 'Deployments behind the models this key may call, without secrets' })
  @ApiQuery({ name: 'litellm_model_id', required: false })
  @ApiResponse({
    status: 200,
    content: {
      'application/json': {
        example: {
          data: [
            {
              model_name: 'gpt-4o',
              litellm_params: {
                model: 'azure/gpt-4o',
                api_base: 'https://sweden.openai.azure.com',
                region_name: 'swedencentral',
              },
              model_info: {
                id: 'azure-sweden',
                db_model: false,
                key: 'gpt-4o',
                litellm_provider: 'azure',
                region: 'eu',
              },
            },
          ],
        },
      },
    },
  })
  @DocumentErrors('missing_key', 'record_not_found')
  info(@Req() { principal }: FastifyRequest, @Query('litellm_model_id') id?: string): { data: ModelInfo[] } {
    const deployments = this.deploymentsFor(principal).filter(
      (deployment) => id === undefined || deployment.id === id,
    );
    if (id !== undefined && deployments.length === 0) throw new FaultError(fault('record_not_found'));
    return { data: deployments.map((deployment) => this.told(deployment)) };
  }

  @Get('v2/model/info')
  @UsePipes(adminValidation)
  @ApiOperation({ summary: 'The same in pages' })
  @ApiQuery({ name: 'modelId', required: false })
  @ApiQuery({ name: 'model', required: false, description: 'Only deployments of this model group.' })
  @ApiQuery({ name: 'search', required: false, description: 'Part of the name of the model group.' })
  @ApiQuery({ name: 'page', required: false })
  @ApiQuery({ name: 'size', required: false, description: 'At most 100, and 50 unless told.' })
  @ApiResponse({
    status: 200,
    content: {
      'application/json': {
        example: { data: [], total_count: 0, current_page: 1, total_pages: 0, size: 50 },
      },
    },
  })
  @DocumentErrors('missing_key', 'validation_error')
  pagedInfo(
    @Req() { principal }: FastifyRequest,
    @Query({ schema: infoQuery }) { page, size, modelId, model, search }: z.output<typeof infoQuery>,
  ) {
    const found = this.deploymentsFor(principal).filter(
      ({ id, modelGroup }) =>
        (modelId === undefined || id === modelId) &&
        (model === undefined || modelGroup === model) &&
        (search === undefined || modelGroup.toLowerCase().includes(search.toLowerCase())),
    );
    const shown = found.slice((page - 1) * size, page * size);
    return {
      data: shown.map((deployment) => this.told(deployment)),
      total_count: found.length,
      current_page: page,
      total_pages: Math.ceil(found.length / size),
      size,
    };
  }

  private told(deployment: Deployment): ModelInfo {
    return modelInfo(deployment, deployment.region ?? this.learned.regionOf(deployment));
  }

  private deploymentsFor(principal: Principal): Deployment[] {
    const visible = new Set(this.visibleTo(principal));
    const teamId = callerOf(principal)?.team?.teamId;
    return this.settings.current.catalog.deployments.filter(
      (deployment) =>
        visible.has(deployment.modelGroup) &&
        (principal.kind !== 'key' || deployment.teamId === undefined || deployment.teamId === teamId),
    );
  }

  private visibleTo(principal: Principal): string[] {
    const { catalog } = this.settings.current;
    const caller = callerOf(principal);
    if (caller !== undefined) {
      const { models: keyModels, user, team } = caller;
      return visibleModels(catalog, { keyModels, userModels: user?.models, team });
    }
    // The master key also sees what belongs to single teams.
    return [
      ...new Set([
        ...visibleModels(catalog, { keyModels: [], team: null }),
        ...catalog.deployments.map(({ modelGroup }) => modelGroup),
      ]),
    ];
  }
}
