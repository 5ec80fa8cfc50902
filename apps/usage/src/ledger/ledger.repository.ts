import { Inject, Injectable } from '@nestjs/common';
import type { UsageRecord } from '@signalbox/contracts';
import { DATABASE, Prisma, type Database } from '@signalbox/database';
import { CLOCK } from '../usage.tokens.js';
import { addToDailySums } from './daily-sums.js';
import { ledgerRow } from './ledger-row.js';

/** Attempts per statement. */
const attemptsPerStatement = 1_000;

const columns = Prisma.sql`attempt_id, request_id, started_at, duration_ms, first_byte_ms, outcome, upstream_status,
  streamed, mode, deployment_id, model_group, provider, provider_model, region, key_hash, team_id, user_id,
  end_user_id, tags, prompt_tokens, answer_tokens, total_tokens, cached_tokens, reasoning_tokens, other_tokens,
  token_source, cost_nano_dollars`;

const columnTypes = Prisma.sql`attempt_id text, request_id text, started_at timestamptz, duration_ms float8,
  first_byte_ms float8, outcome text, upstream_status int, streamed bool, mode text, deployment_id text,
  model_group text, provider text, provider_model text, region text, key_hash text, team_id text, user_id text,
  end_user_id text, tags text[], prompt_tokens bigint, answer_tokens bigint, total_tokens bigint,
  cached_tokens bigint, reasoning_tokens bigint, other_tokens jsonb, token_source text, cost_nano_dollars bigint`;

/** The ledger in Postgres: every attempt once, and its part in the daily sums. */
@Injectable()
export class LedgerRepository {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /**
   * Writes every attempt that is not in the ledger yet and adds it to the sums, both or neither. Returns how many
   * those were. Rejects while Postgres is away; the same attempts may be given again.
   */
  async append(records: readonly UsageRecord[]): Promise<number> {
    let written = 0;
    for (let start = 0; start < records.length; start += attemptsPerStatement) {
      written += await this.appendSome(records.slice(start, start + attemptsPerStatement));
    }
    return written;
  }

  /** Rows in the order of their keys: replicas that write the same ones wait for each other, and none for ever. */
  private async appendSome(records: readonly UsageRecord[]): Promise<number> {
    const now = this.now();
    const rows = JSON.stringify(records.map((record) => ledgerRow(record, now)));
    const [counted] = await this.database.$queryRaw<[{ written: number }]>`
      WITH written AS (
        INSERT INTO usage_attempts (${columns})
        SELECT ${columns} FROM json_to_recordset(${rows}::json) AS given(${columnTypes})
        ORDER BY attempt_id
        ON CONFLICT (attempt_id) DO NOTHING
        RETURNING *
      ), added AS (${addToDailySums('written')})
      SELECT count(*)::int AS written FROM written`;
    return counted.written;
  }
}
