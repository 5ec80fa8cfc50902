import { startSignalbox } from '@signalbox/testing';
import pg from 'pg';
import { benchDeployment } from './bench-deployment.js';
import { chatRequestBody } from './payloads.js';

/** The whole system with any number of keys and end users in Postgres: the n-th key calls for the n-th end user. */
export interface PopulatedSystem {
  /** Adds keys and end users until there are so many. */
  populate(count: number): Promise<void>;
  /** A call with the n-th key, from 1, for the n-th end user. Throws unless it is served. */
  call(caller: number): Promise<void>;
  /** How often the gateway has asked who somebody is. */
  questions(): Promise<number>;
  stop(): Promise<void>;
}

const modelGroup = 'bench-callers';
const team = 'bench-callers';
const questionCount =
  /^signalbox_identity_call_duration_count\{[^}]*subject="identity\.(?:authenticate|end-user)\.v1"[^}]*\} (\d+)/gm;

export async function startPopulatedSystem(upstreamPort: number): Promise<PopulatedSystem> {
  const system = await startSignalbox({
    config: {
      model_list: [benchDeployment({ modelGroup, id: modelGroup, upstreamPort })],
      general_settings: { master_key: 'sk-bench-master' },
    },
    environment: { LOG_LEVEL: 'info' },
  });
  const database = new pg.Client({ connectionString: system.databaseUrl });
  await database.connect();
  await database.query('INSERT INTO teams (id) VALUES ($1)', [team]);
  const body = JSON.parse(chatRequestBody(modelGroup, false)) as object;
  const [identity = ''] = system.opsUrlsOf('identity');
  let present = 0;
  return {
    populate: async (count) => {
      if (count <= present) return;
      await populate(database, present + 1, count);
      present = count;
    },
    call: async (caller) => {
      const response = await fetch(`${system.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keyOf(caller)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, user: endUserOf(caller) }),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`caller ${caller}: ${response.status} ${text}`);
    },
    questions: async () => {
      const metrics = await (await fetch(`${identity}/metrics`)).text();
      return [...metrics.matchAll(questionCount)].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    stop: async () => {
      await database.end();
      await system.stop();
    },
  };
}

function keyOf(caller: number): string {
  return `sk-bench-caller-${caller}`;
}

function endUserOf(caller: number): string {
  return `customer-${caller}`;
}

/** As the admin API would write them, only faster. */
async function populate(database: pg.Client, from: number, to: number): Promise<void> {
  await database.query(
    `INSERT INTO api_keys (hash, name, team_id)
     SELECT encode(sha256(convert_to('sk-bench-caller-' || n, 'UTF8')), 'hex'), 'sk-...', $3
     FROM generate_series($1::int, $2::int) AS n`,
    [from, to, team],
  );
  await database.query(
    `INSERT INTO end_users (id, allowed_region)
     SELECT 'customer-' || n, '"eu"' FROM generate_series($1::int, $2::int) AS n`,
    [from, to],
  );
  await database.query('ANALYZE api_keys, end_users');
}
