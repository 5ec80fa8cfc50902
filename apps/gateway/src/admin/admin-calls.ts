import { Inject, Injectable } from '@nestjs/common';
import {
  nanoDollarsPerDollar,
  usageLowerSpend,
  usageSpend,
  usageSummary,
  valueOf,
  type CallContract,
  type LimitRow,
  type LimitScopeKind,
  type Spending,
} from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';
import { BUS } from '../gateway.tokens.js';
import { actorHeaders } from './acting.js';
import { budgetDurations, withSpent, type BudgetLimitsUsage } from './spent-limits.js';

/** Asks the services that keep the records; their faults are thrown and become HTTP answers in one place. */
@Injectable()
export class AdminCalls {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  async identity<Request extends z.ZodType, Value extends z.ZodType>(
    contract: CallContract<Request, Value>,
    request: z.input<Request>,
  ): Promise<z.output<Value>> {
    const options = { unavailable: 'identity_unavailable', headers: actorHeaders() } as const;
    return valueOf(await this.bus.call(contract, request, options));
  }

  async usage(): Promise<z.output<typeof usageSummary.value>> {
    return valueOf(await this.bus.call(usageSummary, {}, { unavailable: 'usage_unavailable' }));
  }

  /** The record with what is spent of its budgets in their present windows; nobody is asked where there is none. */
  async withSpend<Row extends LimitRow & { spend: number }>(
    kind: LimitScopeKind,
    id: string,
    row: Row,
  ): Promise<Row & BudgetLimitsUsage> {
    const budgets = spendingsOf(kind, id, row);
    if (budgets.length === 0) return row;
    const reply = await this.bus.call(usageSpend, { budgets }, { unavailable: 'usage_unavailable' });
    return withSpent(row, valueOf(reply).nanoDollars);
  }
  /** Lets no more be spent of the record's budgets than so many dollars; the record with what was. */
  async lowerSpend<Row extends LimitRow & { spend: number }>(
    kind: LimitScopeKind,
    id: string,
    row: Row,
    dollars: number,
  ): Promise<Row & BudgetLimitsUsage> {
    const budgets = spendingsOf(kind, id, row);
    if (budgets.length === 0) return row;
    const request = { budgets, nanoDollars: Math.round(dollars * nanoDollarsPerDollar) };
    const reply = await this.bus.call(usageLowerSpend, request, { unavailable: 'usage_unavailable' });
    return withSpent(row, valueOf(reply).nanoDollars);
  }
}

function spendingsOf(kind: LimitScopeKind, id: string, row: LimitRow): Spending[] {
  return budgetDurations(row).map((duration) => ({ kind, id, ...(duration !== null && { duration }) }));
}
