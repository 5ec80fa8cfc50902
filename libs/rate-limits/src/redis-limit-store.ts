import { budgetGrid, type Spending } from '@signalbox/contracts';
import type { Redis } from 'ioredis';
import { checkAdmitRequest, checkSettlement } from './check-admit-request.js';
import { decodeAdmission } from './decode-admission.js';
import { encodeAdmission } from './encode-admission.js';
import { LimitStoreUnavailable } from './limit-store-unavailable.js';
import type { AdmitRequest, AdmitResult, DeploymentUse, LimitStore, Settlement } from './limit-store.js';
import { ledgerKey, reservationKey, spendingKey } from './redis-keys.js';
import { loadScript, type RedisScript } from './redis-script.js';

/** Beside `src` and `dist` alike: the compiler copies no Lua. */
const luaFolder = new URL('../lua/', import.meta.url);
const admitScript = loadScript(luaFolder, 'ledger', 'spending', 'end-reservation', 'admit-n');
const settleScript = loadScript(luaFolder, 'ledger', 'spending', 'end-reservation', 'settle-n');
const readSpendingScript = loadScript(luaFolder, 'ledger', 'spending', 'read-spending-n');
const readUseScript = loadScript(luaFolder, 'ledger', 'read-use-n');
const countUnsettledScript = loadScript(luaFolder, 'ledger', 'count-unsettled-n');
const lowerSpendingScript = loadScript(luaFolder, 'ledger', 'spending', 'lower-spending-n');
const releaseScript = loadScript(luaFolder, 'ledger', 'spending', 'end-reservation', 'release-n');

/** What was reserved and never settled. */
export interface Unsettled {
  readonly attempts: number;
  readonly tokens: number;
  readonly nanoDollars: number;
}

export interface RedisLimitStoreOptions {
  /** See `connectRedis` for the settings it should have. */
  readonly redis: Redis;
  /** From 0 up to but not including 1, decides ties. */
  readonly random?: () => number;
  /** For tests only, in milliseconds: takes the place of Redis' own clock, which all processes share. */
  readonly now?: () => number;
}

/**
 * The limit store that all processes share. Every method is one round trip and one atomic script; Redis'
 * clock is the only one.
 *
 * The scripts touch several hash tags at once, so they need a single Redis (with or without replicas): on a
 * Redis Cluster they would have to run slot by slot. Redis must not evict keys (`maxmemory-policy
 * noeviction`): an evicted ledger is an empty one.
 */
export class RedisLimitStore implements LimitStore {
  readonly #redis: Redis;
  readonly #random: () => number;
  readonly #clock: () => string;

  constructor({ redis, random, now }: RedisLimitStoreOptions) {
    this.#redis = redis;
    this.#random = random ?? Math.random;
    this.#clock = now === undefined ? () => '' : () => String(Math.floor(now()));
  }

  admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return this.#admit(requests);
  }

  preview(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return this.#admit(requests, { isPreview: true });
  }

  async used(deploymentIds: readonly string[]): Promise<DeploymentUse[]> {
    if (deploymentIds.length === 0) return [];
    const keys = deploymentIds.map((id) => ledgerKey('deployment', id));
    const use = (await this.#run(readUseScript, keys, [this.#clock()])) as number[];
    return deploymentIds.map((_, index) => {
      const [requests = 0, tokens = 0, parallel = 0] = use.slice(3 * index);
      return { requests, tokens, parallel };
    });
  }

  async #admit(requests: readonly AdmitRequest[], how?: { isPreview: true }): Promise<AdmitResult[]> {
    if (requests.length === 0) return [];
    requests.forEach(checkAdmitRequest);
    const { keys, batch } = encodeAdmission(requests, this.#random, how);
    const answers = (await this.#run(admitScript, keys, [this.#clock(), batch])) as number[][];
    return requests.map((request, index) => decodeAdmission(request, answers[index] ?? []));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    settlements.forEach(checkSettlement);
    const keys = settlements.map(({ reservationId }) => reservationKey(reservationId));
    const used = settlements.flatMap(({ tokens, nanoDollars = '' }) => [tokens, nanoDollars]);
    await this.#run(settleScript, keys, [this.#clock(), ...used]);
  }

  async release(reservationIds: readonly string[]): Promise<void> {
    if (reservationIds.length === 0) return;
    await this.#run(releaseScript, reservationIds.map(reservationKey), [this.#clock()]);
  }

  /**
   * Attempts of today (UTC) whose lease ended before anybody settled them: their gateway was killed, or their answer is
   * still under way. Tokens and nano-dollars are those that were reserved, and stay so. A lease that has ended is noticed
   * when its deployment is next used, or by asking for it here within a minute.
   */
  async unsettled(deploymentIds: readonly string[] = []): Promise<Unsettled> {
    const keys = deploymentIds.map((id) => ledgerKey('deployment', id));
    const found = (await this.#run(countUnsettledScript, keys, [this.#clock()])) as (string | null)[];
    const [attempts = 0, tokens = 0, nanoDollars = 0] = found.map(Number);
    return { attempts, tokens, nanoDollars };
  }

  /** What is spent of budgets in their present windows, paid and reserved, nano-dollars. */
  async spent(budgets: readonly Spending[]): Promise<number[]> {
    return (await this.#run(readSpendingScript, budgets.map(keyOf), [
      this.#clock(),
      ...budgets.flatMap(gridOf),
    ])) as number[];
  }

  /**
   * Lets no more than `nanoDollars` be spent of each, reservations under way included; gives what was. A call under
   * way that costs less than was reserved then lowers it further, never below zero.
   */
  async lowerSpent(budgets: readonly Spending[], nanoDollars: number): Promise<number[]> {
    return (await this.#run(lowerSpendingScript, budgets.map(keyOf), [
      this.#clock(),
      nanoDollars,
      ...budgets.flatMap(gridOf),
    ])) as number[];
  }

  async #run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await script.run(this.#redis, keys, args);
    } catch (error) {
      throw new LimitStoreUnavailable(error);
    }
  }
}

function keyOf({ kind, id, duration }: Spending): string {
  return spendingKey(kind, id, duration);
}

function gridOf({ duration }: Spending): number[] {
  const { months, lengthMs, offsetMs } = budgetGrid(duration);
  return [months, lengthMs, offsetMs];
}
