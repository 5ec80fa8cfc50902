import { setTimeout as wait } from 'node:timers/promises';
import { startFakeUpstream, startServers, startSignalbox, type Signalbox } from '@signalbox/testing';
import { drawCall } from './call-plan.js';
import { compareBooks, type Comparison } from './compare-books.js';
import { Dice } from './dice.js';
import { Havoc } from './havoc.js';
import { LedgerBooks, type Totals } from './ledger-books.js';
import { ProviderBooks } from './provider-books.js';
import { Traffic } from './traffic.js';

export interface ChaosOptions {
  readonly seed: number;
  /** Calls to make; more are made when every part was not killed yet. */
  readonly calls: number;
  /** Calls under way at once. */
  readonly clients: number;
  readonly say: (sentence: string) => void;
}

export interface ChaosReport extends Comparison {
  readonly calls: number;
  readonly kills: number;
  /** Calls by the status their clients got; 0: the connection broke. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly ledger: Totals;
  /** The counters in Redis. */
  readonly counters: Totals;
}

const masterKey = 'sk-chaos';
const replicas = 2;
const sites = ['one', 'two'];
/** Until everything that waits somewhere has been counted: redeliveries come after half a minute. */
const settleWithinMs = 120_000;
const lookAgainAfterMs = 500;

/**
 * Makes calls while parts of the system are killed and restarted, then compares what the provider served with what
 * was counted. The seed decides what is called and killed; when, the machine decides too.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, say } = options;
  const upstream = await startFakeUpstream();
  // What Redis has acknowledged must outlive it: docs/usage-delivery.md.
  const servers = await startServers({ redisFsync: 'always' });
  try {
    const system = await startSignalbox({
      config: configOf((site) => `${upstream.siteUrl(site)}/v1`),
      replicas: { gateway: replicas, router: replicas, usage: replicas },
      servers,
    });
    say(`the system is up; seed ${seed}`);
    try {
      return await runOn(system, new ProviderBooks(upstream, sites), options);
    } finally {
      await system.stop();
    }
  } finally {
    await servers.stop();
    await upstream.stop();
  }
}

async function runOn(
  system: Signalbox,
  provider: ProviderBooks,
  options: ChaosOptions,
): Promise<ChaosReport> {
  const { seed, calls, clients, say } = options;
  const [planDice, clientDice] = [new Dice(seed), new Dice(seed + 1)];
  let made = 0;
  const next = () => {
    if (made >= calls && havoc.rounds > 0) return undefined;
    made += 1;
    const plan = drawCall(made, planDice);
    provider.expect(plan);
    if (made % Math.ceil(calls / 10) === 0) say(`${made} calls`);
    return plan;
  };
  const traffic = new Traffic({ urls: system.urls, key: masterKey, clients, dice: clientDice, next });
  const havoc = new Havoc({ system, traffic, dice: new Dice(seed + 2), replicas, say });
  try {
    const callsEnded = traffic.run().finally(() => {
      havoc.stop();
    });
    await Promise.all([callsEnded, havoc.run()]);
  } finally {
    traffic.stop();
  }
  say(`${traffic.calls.length} calls made, ${havoc.kills} parts killed; waiting for the last counts`);
  const settled = await settle(system, traffic, provider);
  return { ...settled, calls: traffic.calls.length, kills: havoc.kills, statuses: statusesOf(traffic) };
}

/** Looks until the books agree, or for so long that they never will. */
async function settle(
  system: Signalbox,
  traffic: Traffic,
  provider: ProviderBooks,
): Promise<Comparison & Pick<ChaosReport, 'ledger' | 'counters'>> {
  const ledgerBooks = await LedgerBooks.open(system.databaseUrl);
  const givesUpAt = performance.now() + settleWithinMs;
  try {
    for (;;) {
      const { day, counters } = await countersOf(system, givesUpAt);
      const ledger = await ledgerBooks.totals(day);
      const counted = await ledgerBooks.calls();
      const compared = compareBooks(traffic.calls, (id) => provider.of(id), counted);
      const faults = [...compared.faults, ...differences(ledger, counters)];
      const isLate = performance.now() > givesUpAt;
      if (faults.length === 0 || isLate) return { faults, lost: compared.lost, ledger, counters };
      await wait(lookAgainAfterMs);
    }
  } finally {
    await ledgerBooks.close();
  }
}

/** What has just come back may not answer yet. */
async function countersOf(system: Signalbox, givesUpAt: number): Promise<{ day: string; counters: Totals }> {
  const headers = { authorization: `Bearer ${masterKey}` };
  for (;;) {
    const response = await fetch(`${system.url}/usage`, { headers });
    const body = (await response.json()) as { day: { period: string; total: Totals } };
    if (response.ok) return { day: body.day.period, counters: body.day.total };
    if (performance.now() > givesUpAt) throw new Error(`/usage answers ${response.status}`);
    await wait(lookAgainAfterMs);
  }
}

function differences(ledger: Totals, counters: Totals): string[] {
  return (Object.keys(ledger) as (keyof Totals)[])
    .filter((name) => ledger[name] !== counters[name])
    .map((name) => `${name}: ${ledger[name]} in the ledger, ${counters[name]} in Redis`);
}

function statusesOf({ calls }: Traffic): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of calls) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function configOf(apiBase: (site: string) => string): object {
  const deployment = (group: string, model: string, site: string) => ({
    model_name: group,
    litellm_params: { model: `openai/${model}`, api_base: apiBase(site), api_key: 'sk-up' },
    model_info: { id: `${group}-${site}` },
  });
  return {
    model_list: sites.flatMap((site) => [
      deployment('chat', 'gpt-4o', site),
      deployment('embed', 'text-embedding-3-small', site),
    ]),
    // The provider fails on purpose; nobody shall be left alone for it.
    router_settings: { num_retries: 2, retry_after: 0, disable_cooldowns: true },
    general_settings: { master_key: masterKey },
  };
}
