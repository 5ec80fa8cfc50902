import pg from 'pg';

/** What the ledger holds of one call. */
export interface Counted {
  readonly attempts: number;
  /** Tokens by the provider's own word. */
  readonly prompt: number;
  readonly answer: number;
}

export interface Totals {
  readonly requests: number;
  readonly failed_requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** The ledger in Postgres, read directly. */
export class LedgerBooks {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<LedgerBooks> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new LedgerBooks(client);
  }

  async calls(): Promise<ReadonlyMap<string, Counted>> {
    const { rows } = await this.client.query<Record<'id' | keyof Counted, string>>(`
      SELECT end_user_id AS id, count(*) AS attempts,
        coalesce(sum(prompt_tokens) FILTER (WHERE token_source = 'provider'), 0) AS prompt,
        coalesce(sum(answer_tokens) FILTER (WHERE token_source = 'provider'), 0) AS answer
      FROM usage_attempts GROUP BY end_user_id`);
    return new Map(
      rows.map(({ id, attempts, prompt, answer }) => [
        id,
        { attempts: Number(attempts), prompt: Number(prompt), answer: Number(answer) },
      ]),
    );
  }

  /** @param day in UTC, `2026-11-21`. */
  async totals(day: string): Promise<Totals> {
    const { rows } = await this.client.query<Record<keyof Totals, string>>(
      `SELECT count(*) AS requests,
        count(*) FILTER (WHERE outcome IN ('failed', 'upstream_broken', 'timed_out')) AS failed_requests,
        coalesce(sum(prompt_tokens), 0) AS prompt_tokens,
        coalesce(sum(answer_tokens), 0) AS completion_tokens,
        coalesce(sum(total_tokens), 0) AS total_tokens
      FROM usage_attempts WHERE (started_at AT TIME ZONE 'UTC')::date = $1::date`,
      [day],
    );
    const entries = Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]);
    return Object.fromEntries(entries) as Totals;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
