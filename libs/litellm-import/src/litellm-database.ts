import pg from 'pg';
import { z } from 'zod';
import { ImportFailure } from './import-failure.js';

/** One row as JSON: times are text without a zone, lists are lists, whole numbers are numbers. */
export type LitellmRow = Readonly<Record<string, unknown>>;

const CONNECT_TIMEOUT_MS = 5_000;
const ROWS_PER_READ = 1_000;
const rowsSchema = z.array(z.object({ row: z.record(z.string(), z.unknown()) }));

/** A database of LiteLLM's proxy as it stood at one moment. It cannot be changed through this. */
export class LitellmDatabase {
  private constructor(
    private readonly client: pg.Client,
    /** How many rows each of LiteLLM's tables has, by name. */
    readonly tables: ReadonlyMap<string, number>,
  ) {}

  /** @throws ImportFailure when there is no such database, or LiteLLM's tables are not in it */
  static async open(url: string): Promise<LitellmDatabase> {
    const client = await connect(parseUrl(url));
    try {
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return new LitellmDatabase(client, await countRows(client));
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /** All rows of a table, in the order of a column; nothing when there is no such table. One table at a time. */
  async *rows(table: string, orderBy: string): AsyncGenerator<LitellmRow> {
    if (!this.tables.has(table)) return;
    const [from, column] = [table, orderBy].map((name) => pg.escapeIdentifier(name));
    await this.client.query(
      `DECLARE reading CURSOR FOR SELECT to_jsonb(t) AS row FROM ${from} AS t ORDER BY t.${column}`,
    );
    for (;;) {
      const { rows } = await this.client.query(`FETCH ${ROWS_PER_READ} FROM reading`);
      if (rows.length === 0) break;
      for (const { row } of rowsSchema.parse(rows)) yield row;
    }
    await this.client.query('CLOSE reading');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return url;
  throw new ImportFailure(
    "--database-url must name LiteLLM's database, like postgresql://user:password@host:5432/litellm.",
  );
}

async function connect(url: URL): Promise<pg.Client> {
  // Prisma's way to name a schema, which LiteLLM's users write and Postgres does not know.
  const schema = url.searchParams.get('schema');
  const client = new pg.Client({
    connectionString: url.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(schema !== null && { options: `-c search_path=${schema.replaceAll(/[\\ ]/g, '\\$&')}` }),
  });
  // A connection that is lost is reported by the query that needed it.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw describe(error, url);
  }
  return client;
}

async function countRows(client: pg.Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_name LIKE 'LiteLLM\\_%' ORDER BY table_name`,
  );
  if (rows.length === 0) {
    throw new ImportFailure("That database has no tables of LiteLLM's: is it the right one?");
  }
  const counts = new Map<string, number>();
  for (const { name } of rows) {
    const count = await client.query<{ count: string }>(
      `SELECT count(*) AS count FROM ${pg.escapeIdentifier(name)}`,
    );
    counts.set(name, Number(count.rows[0]?.count));
  }
  return counts;
}

/** One sentence without the password that the URL may hold. */
function describe(error: unknown, url: URL): ImportFailure {
  const place = `${url.hostname || 'localhost'}:${url.port || '5432'}`;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof pg.DatabaseError) {
    return new ImportFailure(`Postgres at ${place} refused: ${message}.`, { cause: error });
  }
  const detail = error instanceof Error && 'code' in error ? String(error.code) : message;
  return new ImportFailure(`LiteLLM's Postgres cannot be reached at ${place} (${detail}).`, { cause: error });
}
