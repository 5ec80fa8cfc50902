import { fault, type Reply, type RouteRequest } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { aRouteRequest } from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { RouterClient } from './router-client.js';

const refusal = fault('model_not_found', 'no such model');

/** A bus whose messages hold so many requests, and a router that refuses all of them; `sizes` tells what was asked. */
function aBus(mostRequests: number, sizes: number[] = []): Pick<Bus, 'call' | 'broadcast'> {
  const call = (_contract: unknown, { requests }: { requests: RouteRequest[] }): Promise<Reply<unknown>> => {
    sizes.push(requests.length);
    if (requests.length > mostRequests) {
      return Promise.resolve({ ok: false, fault: fault('request_too_large') });
    }
    const outcomes = requests.map(({ requestId, attemptId }) => {
      return { outcome: 'refused', requestId, attemptId, fault: refusal, verdicts: [] };
    });
    return Promise.resolve({ ok: true, value: { outcomes } });
  };
  return { call: call as Bus['call'], broadcast: () => expect.unreachable('nothing to give back') };
}

const several = (count: number): RouteRequest[] =>
  Array.from({ length: count }, (_, index) => aRouteRequest({ attemptId: `attempt ${index}` }));

const answersOf = async (router: RouterClient, requests: RouteRequest[]): Promise<unknown[]> =>
  Promise.all(requests.map((request) => router.decide(request).catch((error: unknown) => error)));

describe('RouterClient', () => {
  it('asks in smaller batches when one does not fit a message', async () => {
    const sizes: number[] = [];
    const answers = await answersOf(new RouterClient(aBus(3, sizes)), several(10));
    expect(answers).toEqual(
      Array.from(
        { length: 10 },
        () => expect.objectContaining({ outcome: 'refused', fault: refusal }) as unknown,
      ),
    );
    expect(sizes).toEqual([10, 5, 5, 3, 2, 3, 2]);
  });

  it('says so when a request alone does not fit', async () => {
    const answers = await answersOf(new RouterClient(aBus(0)), several(2));
    expect(answers).toMatchObject([
      { fault: { code: 'request_too_large' } },
      { fault: { code: 'request_too_large' } },
    ]);
  });

  it('gives back what may have been reserved when no answer comes', async () => {
    const told: unknown[] = [];
    const bus: Pick<Bus, 'call' | 'broadcast'> = {
      call: () => Promise.resolve({ ok: false, fault: fault('router_unavailable') }),
      broadcast: (_contract, event) => told.push(event),
    };
    const answers = await answersOf(new RouterClient(bus), several(2));
    expect(answers).toMatchObject([
      { fault: { code: 'router_unavailable' } },
      { fault: { code: 'router_unavailable' } },
    ]);
    expect(told).toEqual([
      { attemptId: 'attempt 0', tokens: 0, nanoDollars: 0 },
      { attemptId: 'attempt 1', tokens: 0, nanoDollars: 0 },
    ]);
  });
});
