// Real: two gateways, two routers, two usage services, identity, NATS, Redis, Postgres, all of them killed by SIGKILL but
// identity and Postgres. Fake: the provider, which keeps books. The short form of `npm run chaos`.
import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { runChaos } from './run-chaos.js';

it(
  'counts every attempt once while parts of the system are killed',
  { timeout: 240_000, retry: 0 },
  async () => {
    const seed = randomInt(2 ** 31);
    const sayings: string[] = [];
    const say = (sentence: string): void => void sayings.push(sentence);
    const { faults, ledger, kills } = await runChaos({ seed, calls: 500, clients: 8, say });
    expect(faults, `seed ${seed}: ${sayings.join('; ')}`).toEqual([]);
    expect(kills).toBeGreaterThan(6);
    expect(ledger.total_tokens).toBeGreaterThan(0);
  },
);
