import { loadScript, type RedisScript } from '@signalbox/rate-limits';
import type { CooldownFailure, CooldownState } from '@signalbox/routing';
import type { Redis } from 'ioredis';
import {
  CooldownStoreUnavailable,
  memoryMs,
  type Cooldown,
  type CooldownEffect,
  type CooldownOrder,
  type CooldownStore,
  type CountedAttempts,
  type EndedAttempt,
} from './cooldown-store.js';

/** Beside `src` and `dist` alike: the compiler copies no Lua. */
const luaFolder = new URL('../lua/', import.meta.url);
const countScript = loadScript(luaFolder, 'clock', 'count-n');
const applyScript = loadScript(luaFolder, 'clock', 'apply-n');

/** Redis knows them by their place, from 1; new ones go to the end, or counts would change their meaning. */
const kinds: readonly CooldownFailure[] = [
  'authentication',
  'not_found',
  'timeout',
  'rate_limit',
  'internal_server',
  'bad_gateway',
  'service_unavailable',
];

const countsKey = (deploymentId: string): string => `sb:{cooldown:${deploymentId}}:counts`;
const cooldownKey = (deploymentId: string): string => `sb:{cooldown:${deploymentId}}`;
const markKey = ({ deploymentId, attemptId }: EndedAttempt): string =>
  `sb:{cooldown:${deploymentId}}:attempt:${attemptId}`;
const kindOf = ({ signal }: EndedAttempt): number => kinds.indexOf(signal as CooldownFailure) + 1;

export interface RedisCooldownStoreOptions {
  /** See `connectRedis` for the settings it should have. */
  readonly redis: Redis;
  /** For tests only, in milliseconds: takes the place of Redis' own clock, which all processes share. */
  readonly now?: () => number;
}

/** The cooldown store that all processes share. Every method is one round trip, and Redis' clock the only one. */
export class RedisCooldownStore implements CooldownStore {
  readonly #redis: Redis;
  readonly #now: (() => number) | undefined;

  constructor({ redis, now }: RedisCooldownStoreOptions) {
    this.#redis = redis;
    this.#now = now;
  }

  async count(attempts: readonly EndedAttempt[]): Promise<CountedAttempts> {
    const groups = groupByDeployment(attempts);
    const keys = [...deploymentKeys([...groups.keys()]), ...markKeys(groups)];
    const asked = [...groups.values()].map(({ answered, failures }) => [answered, ...failures.map(kindOf)]);
    const args = [this.#clock(), kinds.length, JSON.stringify(asked)];
    const [now, ...answers] = (await this.#run(countScript, keys, args)) as [number, ...number[][]];
    const states = new Map<string, CooldownState>();
    const known = new Set<EndedAttempt>();
    for (const [index, [deploymentId, { failures }]] of [...groups].entries()) {
      const answer = answers[index] ?? [];
      states.set(deploymentId, readState(answer));
      const isNew = answer.slice(2 + kinds.length);
      for (const [at, failure] of failures.entries()) if (isNew[at] === 0) known.add(failure);
    }
    return { now, fresh: attempts.filter((attempt) => !known.has(attempt)), states };
  }

  async apply(orders: readonly CooldownOrder[]): Promise<CooldownEffect[]> {
    if (orders.length === 0) return [];
    const keys = deploymentKeys(orders.map(({ deploymentId }) => deploymentId));
    const asked = orders.map((order) =>
      order.action === 'cool' ? ['cool', order.forMs, order.reason] : ['restore', order.until],
    );
    return (await this.#run(applyScript, keys, [this.#clock(), JSON.stringify(asked)])) as CooldownEffect[];
  }

  async read(deploymentIds: readonly string[]): Promise<Cooldown[]> {
    if (deploymentIds.length === 0) return [];
    const [time, texts] = await this.#readKeys(deploymentIds.map(cooldownKey));
    const now = this.#now?.() ?? Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
    return texts.flatMap((text, index) => readCooldown(deploymentIds[index], text, now));
  }

  async #readKeys(keys: readonly string[]): Promise<[[string, string], (string | null)[]]> {
    try {
      const answers =
        (await this.#redis
          .pipeline()
          .time()
          .mget(...keys)
          .exec()) ?? [];
      const failed = answers.find(([error]) => error !== null);
      if (answers.length < 2 || failed !== undefined) throw failed?.[0] ?? new Error('no answer');
      return answers.map(([, answer]) => answer) as [[string, string], (string | null)[]];
    } catch (error) {
      throw new CooldownStoreUnavailable(error);
    }
  }

  #clock(): string {
    return this.#now === undefined ? '' : String(Math.floor(this.#now()));
  }

  async #run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await script.run(this.#redis, keys, args);
    } catch (error) {
      throw new CooldownStoreUnavailable(error);
    }
  }
}

/** Attempts of one deployment. */
interface Group {
  answered: number;
  readonly failures: EndedAttempt[];
}

function groupByDeployment(attempts: readonly EndedAttempt[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const attempt of attempts) {
    const group = groups.get(attempt.deploymentId) ?? { answered: 0, failures: [] };
    groups.set(attempt.deploymentId, group);
    if (attempt.signal === 'answered') group.answered += 1;
    else group.failures.push(attempt);
  }
  return groups;
}

function markKeys(groups: ReadonlyMap<string, Group>): string[] {
  return [...groups.values()].flatMap(({ failures }) => failures.map(markKey));
}

function deploymentKeys(deploymentIds: readonly string[]): string[] {
  return deploymentIds.flatMap((id) => [countsKey(id), cooldownKey(id)]);
}

function readState([until = 0, requests = 0, ...counts]: readonly number[]): CooldownState {
  const failures = kinds.flatMap((kind, index) => (counts[index] ? [[kind, counts[index]] as const] : []));
  return { requests, failures: Object.fromEntries(failures), until: until === 0 ? undefined : until };
}

function readCooldown(deploymentId: string | undefined, text: string | null, now: number): Cooldown[] {
  if (deploymentId === undefined || text === null) return [];
  const [until = '', reason = ''] = text.split(' ');
  const leftMs = Number(until) - now;
  return leftMs + memoryMs > 0 ? [{ deploymentId, reason, leftMs }] : [];
}
