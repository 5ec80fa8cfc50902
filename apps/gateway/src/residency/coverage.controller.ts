import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import { LearnedRegions } from '@signalbox/learned-regions';
import { regionCoverage } from '@signalbox/routing';
import { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { pageQuery } from '../admin/page-query.js';
import { SETTINGS } from '../gateway.tokens.js';
import { coverageAnswer, exampleAnswer } from './coverage-answer.js';
import { Readmission } from './readmission.js';
import { RefusedCustomersFinder } from './refused-customers.js';

// Each policy is looked at beside all models, while calls wait.
const policyQuery = pageQuery.extend({ size: z.coerce.number().int().min(1).max(200).default(100) });

const customerQuery = z.object({
  policy: z.string().min(1),
  after: z.string().default(''),
  size: pageQuery.shape.size,
});

const readmissionBody = z.object({ model_id: z.string().min(1).max(512) });

/** Where models can serve, and whom they cannot. */
@Controller('residency')
@AdminController('residency')
export class CoverageController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    private readonly learned: LearnedRegions,
    private readonly finder: RefusedCustomersFinder,
    private readonly readmission: Readmission,
  ) {}

  @Get('coverage')
  @AdminRoute({
    summary:
      'Where each model can serve, which of its fallbacks never apply, and which customers are refused today',
    query: {
      page: 'Which page of the policies that customers are under, those with most customers first; 1 unless told',
      size: 'How many policies are looked at, at most 200; 100 unless told',
    },
    answer: exampleAnswer,
    errors: ['identity_unavailable'],
  })
  async coverage(@Query({ schema: policyQuery }) page: z.output<typeof policyQuery>) {
    const { catalog, deployments, router } = this.settings.current;
    const { regionOf: learnedRegion, contradictedRegion } = this.learned;
    const facts = { learnedRegion, contradictedRegion };
    const refused = await this.finder.find(page, facts);
    return coverageAnswer(regionCoverage(catalog, router.fallbacks, facts), refused, (id) => {
      const deployment = deployments.get(id);
      return deployment && contradictedRegion(deployment)?.name;
    });
  }

  @Get('customers')
  @AdminRoute({
    summary: 'Everybody under one policy of the coverage, in order of their ids; keys by their hashes',
    query: {
      policy: 'The policy',
      after: 'The last id of the page before',
      size: 'How many, at most 1000; 1000 unless told',
    },
    answer: { customers: ['customer-17', 'customer-45'], next: null },
    errors: ['identity_unavailable'],
  })
  async customers(@Query({ schema: customerQuery }) query: z.output<typeof customerQuery>) {
    const customers = await this.finder.customers(query);
    return { customers, next: customers.length < query.size ? null : (customers.at(-1) ?? null) };
  }

  @Post('readmit')
  @AdminRoute({
    summary: 'Asks a provider where it is, and lets that count instead of all it said before',
    body: { schema: readmissionBody, example: { model_id: 'azure-sweden' } },
    answer: { model_id: 'azure-sweden', answered: 'Sweden Central', contradicted_by: null },
    errors: ['record_not_found', 'upstream_unreachable', 'upstream_invalid_response'],
  })
  async readmit(@Body({ schema: readmissionBody }) { model_id: id }: z.output<typeof readmissionBody>) {
    const { answered, contradictedBy } = await this.readmission.of(id);
    return { model_id: id, answered, contradicted_by: contradictedBy?.name ?? null };
  }
}
