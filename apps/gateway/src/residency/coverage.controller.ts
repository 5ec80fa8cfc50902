import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import { LearnedRegions } from '@signalbox/learned-regions';
import { regionCoverage, type RegionCoverage } from '@signalbox/routing';
import { DocumentErrors } from '../errors/error-documentation.js';
import { SETTINGS } from '../gateway.tokens.js';

const example = {
  zones: ['eu', 'us'],
  models: [
    {
      model_group: 'gpt-4o',
      zones: ['eu'],
      refused_in: ['us'],
      deployments: [
        {
          model_id: 'azure-sweden',
          region: { name: 'swedencentral', zone: 'eu', country: 'SE' },
          confidence: 'declared',
          contradicted_by: null,
        },
      ],
      fallbacks: [{ kind: 'context_window', model: 'gpt-4o-us', zones: ['us'], never_for: ['eu'] }],
    },
  ],
};

/** Where models can serve. */
@Controller('residency')
@ApiTags('residency')
@ApiBearerAuth()
export class CoverageController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    private readonly learned: LearnedRegions,
  ) {}

  @Get('coverage')
  @ApiOperation({ summary: 'Where each model group can serve, and which of its fallbacks never apply' })
  @ApiResponse({ status: 200, content: { 'application/json': { example } } })
  @DocumentErrors('missing_key', 'admin_only')
  coverage() {
    const { catalog, deployments, router } = this.settings.current;
    const { regionOf: learnedRegion, contradictedRegion } = this.learned;
    const coverage = regionCoverage(catalog, router.fallbacks, { learnedRegion, contradictedRegion });
    return coverageAnswer(coverage, (id) => {
      const deployment = deployments.get(id);
      return deployment && contradictedRegion(deployment)?.name;
    });
  }
}

function coverageAnswer(
  { zones, groups }: RegionCoverage,
  contradictedBy: (id: string) => string | undefined,
) {
  return {
    zones,
    models: groups.map(({ modelGroup, zones: own, refusedIn, deployments, fallbacks }) => ({
      model_group: modelGroup,
      zones: own,
      refused_in: refusedIn,
      deployments: deployments.map(({ deploymentId, region = null, regionSource = null }) => ({
        model_id: deploymentId,
        region,
        confidence: regionSource,
        contradicted_by: contradictedBy(deploymentId) ?? null,
      })),
      fallbacks: fallbacks.map(({ kind, model, zones: served, neverFor }) => ({
        kind,
        model,
        zones: served,
        never_for: neverFor,
      })),
    })),
  };
}
