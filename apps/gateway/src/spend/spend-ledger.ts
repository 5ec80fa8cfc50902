import { Inject, Injectable } from '@nestjs/common';
import {
  fault,
  FaultError,
  identityNames,
  usageAttempts,
  usageReport,
  valueOf,
  type AttemptRow,
  type Names,
  type ReportDimension,
  type ReportRow,
} from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';
import { AdminCalls } from '../admin/admin-calls.js';
import { BUS } from '../gateway.tokens.js';
import type { AttemptsQuery } from './spend-queries.js';
import type { SpendRow } from './spend-rows.js';

/** Rows of one answer: more would hold up the calls that this process serves. */
const mostRows = 50_000;
/** Names asked for at once. */
const namesAtOnce = 1_000;

type ReportQuery = Omit<z.input<typeof usageReport.request>, 'by' | 'after'>;
type Attempts = z.output<typeof usageAttempts.value>;

/** Asks the usage service for what is in the ledger, and the identity service for what those in it are called. */
@Injectable()
export class SpendLedger {
  constructor(
    @Inject(BUS) private readonly bus: Bus,
    private readonly calls: AdminCalls,
  ) {}

  /**
   * Sums by these dimensions, in the order of their values, or the dearest first where the query says `top`.
   * @throws FaultError `usage_unavailable`, or `validation_error` when nobody could read so many rows
   */
  async report<Dimension extends ReportDimension>(
    by: readonly Dimension[],
    query: ReportQuery,
  ): Promise<SpendRow<Dimension>[]> {
    const rows: ReportRow[] = [];
    for (let after: string[] | undefined; ; after = rows.at(-1)?.by) {
      const page = await this.reportPage({ ...query, by: [...by], ...(after !== undefined && { after }) });
      rows.push(...page.rows);
      if (!page.has_more) break;
      if (rows.length >= mostRows) throw tooManyRows;
    }
    return rows.map(({ by: values, sums }) => {
      const named = Object.fromEntries(by.map((dimension, index) => [dimension, values[index] ?? '']));
      return { ...(named as Record<Dimension, string>), sums };
    });
  }

  async attempts(query: AttemptsQuery): Promise<Attempts> {
    return valueOf(await this.bus.call(usageAttempts, query, { unavailable: 'usage_unavailable' }));
  }

  /** All that fit, newest first, a message at a time; `first` is what the first one had. */
  async *attemptsFrom(first: Attempts, query: AttemptsQuery): AsyncGenerator<AttemptRow[]> {
    for (let page = first; ; page = await this.attempts({ ...query, after: page.rows.at(-1) })) {
      yield page.rows;
      if (!page.has_more) return;
    }
  }

  /** What keys, teams and users of these rows are called. */
  async names(
    rows: readonly Partial<Record<'key_hash' | 'team_id' | 'user_id', string | null>>[],
  ): Promise<Names> {
    const names: Names = { keys: {}, teams: {}, users: {} };
    const asked = {
      key_hashes: distinct(rows.map((row) => row.key_hash)),
      team_ids: distinct(rows.map((row) => row.team_id)),
      user_ids: distinct(rows.map((row) => row.user_id)),
    };
    const most = Math.max(...Object.values(asked).map((ids) => ids.length));
    for (let start = 0; start < most; start += namesAtOnce) {
      const end = start + namesAtOnce;
      const some = await this.calls.identity(identityNames, {
        key_hashes: asked.key_hashes.slice(start, end),
        team_ids: asked.team_ids.slice(start, end),
        user_ids: asked.user_ids.slice(start, end),
      });
      Object.assign(names.keys, some.keys);
      Object.assign(names.teams, some.teams);
      Object.assign(names.users, some.users);
    }
    return names;
  }

  private async reportPage(query: z.input<typeof usageReport.request>) {
    return valueOf(await this.bus.call(usageReport, query, { unavailable: 'usage_unavailable' }));
  }
}

function distinct(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids)].filter((id): id is string => typeof id === 'string' && id !== '');
}

const tooManyRows = new FaultError(
  fault(
    'validation_error',
    `The report has more than ${mostRows} rows: ask for fewer days, or for one team, user or key.`,
  ),
);
