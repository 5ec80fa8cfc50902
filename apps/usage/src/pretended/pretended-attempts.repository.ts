import { Prisma, type Database } from '@signalbox/database';
import { addToDailySums } from '../ledger/daily-sums.js';

export interface PretendedAttempts {
  /** How many attempts the ledger shall have. */
  readonly attempts: number;
  /** Over how many days, the last of which is that of `now`. */
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const dayMs = 86_400_000;

/**
 * The house that the attempts are of: 1,000 keys of 50 teams and 400 users, three of 20 models for each key at two
 * deployments each, five end users of each key in every second attempt, one of ten tags in every fourth, and two
 * models of a price nobody knows.
 */
const house = Prisma.sql`
  (n * 7919 + day * 104729) % 1000 AS key_number, n % 3 AS model_of_key, n % 2 AS deployment_of_model`;

/**
 * Fills an empty ledger with attempts that nobody made, a day at a time, and adds them to the sums by the statement that real
 * ones are added by.
 * @throws Error when the ledger has attempts: pretended ones would be taken for real
 */
export async function pretendAttempts(
  database: Database,
  { attempts, days, now }: PretendedAttempts,
): Promise<void> {
  if ((await database.usageAttempt.count({ take: 1 })) > 0) throw new Error('The ledger is not empty.');
  const today = Math.floor(now / dayMs) * dayMs;
  const indexes = await takeIndexes(database);
  for (let day = 0; day < days; day += 1) {
    const count = Math.floor((attempts * (day + 1)) / days) - Math.floor((attempts * day) / days);
    await pretendDay(database, { day, count, start: new Date(today - (days - 1 - day) * dayMs) });
  }
  for (const definition of indexes) await database.$executeRawUnsafe(definition);
  await database.$executeRaw`ANALYZE usage_attempts, usage_daily`;
}

/** Drops the indexes of the attempts but for the one that keeps them unique; an index is made faster than it is filled. */
async function takeIndexes(database: Database): Promise<string[]> {
  const found = await database.$queryRaw<{ name: string; definition: string }[]>`
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE tablename = 'usage_attempts' AND indexname NOT LIKE '%pkey'`;
  for (const { name } of found) await database.$executeRawUnsafe(`DROP INDEX "${name}"`);
  return found.map(({ definition }) => definition);
}

function pretendDay(
  database: Database,
  { day, count, start }: { day: number; count: number; start: Date },
): Promise<number> {
  return database.$executeRaw`
    WITH written AS (
      INSERT INTO usage_attempts
      SELECT 'pretended-' || ${day}::int || '-' || n, 'request-' || ${day}::int || '-' || n,
        ${start}::timestamptz + (n - 1) * interval '1 day' / ${count}::int, 300 + n % 2000, 30 + n % 200,
        CASE n % 50 WHEN 0 THEN 'failed' ELSE 'succeeded' END, CASE n % 50 WHEN 0 THEN 500 ELSE 200 END,
        n % 2 = 0, 'chat', 'deployment-' || model || '-' || deployment_of_model, 'model-' || model,
        CASE WHEN model < 10 THEN 'openai' ELSE 'azure' END, 'model-' || model || '-2026-08-06', 'eu',
        encode(sha256(convert_to(key_number::text, 'UTF8')), 'hex'), 'team-' || key_number % 50,
        'user-' || key_number % 400,
        CASE WHEN n % 2 = 0 THEN 'customer-' || key_number || '-' || n % 5 END,
        CASE n % 4 WHEN 0 THEN ARRAY['tag-' || n % 10] ELSE ARRAY[]::text[] END,
        100 + n % 900, 20 + n % 400, 120 + n % 900 + n % 400, n % 100, 0,
        CASE n % 100 WHEN 0 THEN 'estimated' ELSE 'provider' END,
        CASE WHEN model < 18 THEN 250000 + n % 900 * 2500 END
      FROM (
        SELECT *, (key_number * 7 + model_of_key) % 20 AS model
        FROM (SELECT n, ${house} FROM generate_series(1, ${count}::int) AS n, (SELECT ${day}::int AS day) AS today) AS attempt
      ) AS attempt
      RETURNING *
    ), added AS (${addToDailySums('written')})
    SELECT count(*) FROM written`;
}
