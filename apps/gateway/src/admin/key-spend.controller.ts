import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { DollarsSchema, fault, FaultError, keyResetSpend, nanoDollarsPerDollar } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { KeyAuthority } from './key-authority.js';
import { exampleRow } from './key-bodies.js';
import { keyHashOf, KeyOrHashSchema } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';
import { budgetDurations } from './spent-limits.js';

const ResetSpendSchema = z.object({ reset_to: DollarsSchema });

/** LiteLLM's `/key/{key}/reset_spend`. */
@Controller('key')
@AdminController('keys')
export class KeySpendController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

  @Post(':key/reset_spend')
  @AdminRoute({
    summary: 'Let less be spent of the budgets of a key than was, in all their present windows',
    body: { schema: ResetSpendSchema, example: { reset_to: 0 } },
    answer: {
      key_hash: exampleRow.token,
      spend: 0,
      previous_spend: 9.5,
      max_budget: 10,
      budget_reset_at: '2026-12-01T00:00:00.000Z',
    },
    errors: [
      'record_not_found',
      'invalid_request',
      'route_not_allowed',
      'identity_unavailable',
      'usage_unavailable',
    ],
  })
  async reset(
    @Req() request: FastifyRequest,
    @Param('key', { schema: KeyOrHashSchema }) key: string,
    @Body({ schema: ResetSpendSchema }) { reset_to: dollars }: z.output<typeof ResetSpendSchema>,
  ) {
    const token = await this.authority.changeable(request, { token: keyHashOf(key) });
    // Written down first: there is to be no change without its entry in the audit log.
    const row = await this.calls.identity(keyResetSpend, { token });
    if (budgetDurations(row).length === 0) {
      throw refused('The key has no budget. What was spent in all is never reset.');
    }
    const nanoDollars = Math.round(dollars * nanoDollarsPerDollar);
    const [spent = 0] = await this.spend.ofBudgets(keySpender, row);
    if (nanoDollars > spent) {
      throw refused(`reset_to must be at most what is spent, ${spent / nanoDollarsPerDollar}.`);
    }
    const [before = 0] = await this.spend.lower(keySpender, row, nanoDollars);
    const { max_budget, budget_reset_at } = row.litellm_budget_table ?? row;
    const previous = before / nanoDollarsPerDollar;
    return { key_hash: token, spend: dollars, previous_spend: previous, max_budget, budget_reset_at };
  }
}

function refused(message: string): FaultError {
  return new FaultError(fault('invalid_request', message, { param: 'reset_to' }));
}
