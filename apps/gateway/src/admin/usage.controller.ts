import { Controller, Get } from '@nestjs/common';
import type { UsageCounts, UsagePeriod } from '@signalbox/contracts';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';

const counts: UsageCounts = {
  requests: 12,
  failed_requests: 1,
  prompt_tokens: 900,
  completion_tokens: 300,
  total_tokens: 1_200,
};
const minute: UsagePeriod = {
  period: '2026-11-21T10:05',
  total: counts,
  by_deployment: { 'azure-sweden': counts },
  by_model_group: { 'gpt-4o': counts },
  by_team: {},
  by_key: {},
  by_end_user: { 'ishaan-jaff-45': counts },
};

/** What was used lately. */
@Controller('usage')
@AdminController('usage')
export class UsageController {
  constructor(private readonly calls: AdminCalls) {}

  @Get()
  @AdminRoute({
    summary: 'Attempts and tokens of the current minute and day',
    answer: {
      minute,
      day: { ...minute, period: '2026-11-21' },
      unsettled: { attempts: 0, tokens: 0, nano_dollars: 0 },
    },
    errors: ['usage_unavailable'],
  })
  summary() {
    return this.calls.usage();
  }
}
