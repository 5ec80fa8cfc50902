import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startServers, startSignalbox } from '@signalbox/testing';
import { median } from './statistics.js';

/** How long a report took, from the request until its last byte. */
export interface ReportTime {
  readonly path: string;
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly kilobytes: number;
}

export interface ReportResults {
  readonly attempts: number;
  readonly days: number;
  /** How long it took to make the attempts, milliseconds. */
  readonly filledInMs: number;
  readonly times: readonly ReportTime[];
}

const masterKey = 'sk-bench-master';
const checkout = fileURLToPath(new URL('../../', import.meta.url));
const warmUps = 1;
const askings = 7;

/** Fills a ledger with attempts that nobody made, and asks for the reports over them. */
export async function measureReports(
  attempts: number,
  days: number,
  say: (text: string) => void,
): Promise<ReportResults> {
  const servers = await startServers();
  try {
    say(`making ${attempts} attempts over ${days} days`);
    const beganAt = performance.now();
    await fillLedger(servers.databaseUrl, attempts, days);
    const filledInMs = performance.now() - beganAt;
    const system = await startSignalbox({
      servers,
      config: {
        model_list: [
          { model_name: 'gpt-4o', litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-nobody' } },
        ],
        general_settings: { master_key: masterKey },
      },
    });
    try {
      const times: ReportTime[] = [];
      for (const path of reportPaths(days)) {
        say(path);
        times.push(await measure(system.url, path));
      }
      return { attempts, days, filledInMs, times };
    } finally {
      await system.stop();
    }
  } finally {
    await servers.stop();
  }
}

function reportPaths(days: number): string[] {
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const all = `start_date=${day(days - 1)}&end_date=${day(0)}`;
  const month = `start_date=${day(29)}&end_date=${day(0)}`;
  return [
    `/global/spend/teams?${all}`,
    `/global/spend/models?${all}`,
    `/global/spend/keys?${all}`,
    `/global/spend/tags?${all}`,
    `/global/spend/end_users?${month}`,
    `/global/spend/report?group_by=team&team_id=team-7&${all}`,
    `/global/spend/report?group_by=api_key&${all}`,
    `/global/spend/report?group_by=customer&customer_id=customer-7-1&${all}`,
    `/user/daily/activity?user_id=user-7&${all}`,
    `/team/daily/activity?team_ids=team-7&${month}`,
    '/spend/logs/v2?user_id=user-7',
    '/spend/logs/v2?end_user=customer-8-2&status_filter=failure',
  ];
}

async function measure(url: string, path: string): Promise<ReportTime> {
  const times: number[] = [];
  let bytes = 0;
  for (let asking = 0; asking < warmUps + askings; asking += 1) {
    const beganAt = performance.now();
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${masterKey}` } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
    if (asking >= warmUps) times.push(performance.now() - beganAt);
    bytes = text.length;
  }
  return {
    path: path.replaceAll(/\d{4}-\d\d-\d\d/g, '...'),
    medianMs: median(times),
    slowestMs: Math.max(...times),
    kilobytes: bytes / 1_024,
  };
}

/** The usage service's own command: attempts and sums are written by the statement that real ones are written by. */
async function fillLedger(databaseUrl: string, attempts: number, days: number): Promise<void> {
  const environment = { DATABASE_URL: databaseUrl, PRETEND_ATTEMPTS: attempts, PRETEND_DAYS: days };
  const filling = spawn(process.execPath, ['apps/usage/dist/pretend-main.js'], {
    cwd: checkout,
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, String(v)])),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exitCode] = (await once(filling, 'exit')) as [number | null];
  if (exitCode !== 0) throw new Error('The ledger could not be filled.');
}
