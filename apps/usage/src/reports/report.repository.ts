import { Inject, Injectable } from '@nestjs/common';
import { mostReportRows, type ReportDimension, type usageReport, type UsageSums } from '@signalbox/contracts';
import { DATABASE, Prisma, type Database } from '@signalbox/database';
import type { z } from 'zod';
import { rowsThatFit } from './rows-that-fit.js';

export type ReportQuery = z.output<typeof usageReport.request>;
export type Report = z.output<typeof usageReport.value>;

/** Each as text: keys of a page are compared as what they are shown as. */
const columns: Readonly<Record<ReportDimension, Prisma.Sql>> = {
  day: Prisma.sql`day::text`,
  subject: Prisma.sql`subject`,
  key_hash: Prisma.sql`key_hash`,
  team_id: Prisma.sql`team_id`,
  user_id: Prisma.sql`user_id`,
  model_group: Prisma.sql`model_group`,
  deployment_id: Prisma.sql`deployment_id`,
  provider: Prisma.sql`provider`,
  provider_model: Prisma.sql`provider_model`,
};

/** Numbers of JavaScript: exact up to nine million dollars in nano-dollars, and close to it beyond. */
const sums = Prisma.sql`
  coalesce(sum(attempts), 0)::float8 AS attempts,
  coalesce(sum(failed_attempts), 0)::float8 AS failed_attempts,
  coalesce(sum(prompt_tokens), 0)::float8 AS prompt_tokens,
  coalesce(sum(answer_tokens), 0)::float8 AS completion_tokens,
  coalesce(sum(total_tokens), 0)::float8 AS total_tokens,
  coalesce(sum(cached_tokens), 0)::float8 AS cached_tokens,
  coalesce(sum(cache_written_tokens), 0)::float8 AS cache_written_tokens,
  coalesce(sum(reasoning_tokens), 0)::float8 AS reasoning_tokens,
  coalesce(sum(cost_nano_dollars), 0)::float8 AS nano_dollars,
  coalesce(sum(unpriced), 0)::float8 AS unpriced_attempts,
  coalesce(sum(estimated), 0)::float8 AS estimated_attempts`;

/** Sums of the ledger; reads the sums by day and never the attempts themselves. */
@Injectable()
export class ReportRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async report(query: ReportQuery): Promise<Report> {
    const { by, top } = query;
    const keys = by.map((dimension) => columns[dimension]);
    const size = top ?? mostReportRows;
    const found = await this.database.$queryRaw<(UsageSums & { by: string[] })[]>`
      SELECT ${list(keys)} AS by, ${sums} FROM usage_daily
      WHERE ${Prisma.join(conditions(query), ' AND ')}
      ${keys.length === 0 ? Prisma.empty : Prisma.sql`GROUP BY ${Prisma.join(keys)}`}
      ORDER BY ${top === undefined ? Prisma.sql`1` : Prisma.sql`nano_dollars DESC, attempts DESC, 1`}
      LIMIT ${size + 1}`;
    const rows = rowsThatFit(
      found.slice(0, size).map(({ by: values, ...rest }) => ({ by: values, sums: rest })),
    );
    return { rows, has_more: top === undefined && found.length > rows.length };
  }
}

/** A list of texts, ordered as the database orders texts. */
function list(keys: readonly Prisma.Sql[]): Prisma.Sql {
  return keys.length === 0 ? Prisma.sql`ARRAY[]::text[]` : Prisma.sql`ARRAY[${Prisma.join([...keys])}]`;
}

function conditions({ part, by, from, until, where, after }: ReportQuery): Prisma.Sql[] {
  const keys = by.map((dimension) => columns[dimension]);
  const wanted = Object.entries(where) as [ReportDimension, string[]][];
  return [
    Prisma.sql`part = ${part}`,
    ...(from === undefined ? [] : [Prisma.sql`day >= ${from}::date`]),
    ...(until === undefined ? [] : [Prisma.sql`day <= ${until}::date`]),
    ...wanted.map(([dimension, values]) => Prisma.sql`${columns[dimension]} = ANY(${values}::text[])`),
    ...(after === undefined ? [] : [Prisma.sql`${list(keys)} > ${after}::text[]`]),
    // Days that are done with are not read again.
    ...(after !== undefined && by[0] === 'day' ? [Prisma.sql`day >= ${after[0]}::date`] : []),
  ];
}
