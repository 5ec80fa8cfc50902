/** Real: calls, decisions and limits, in this process. Fakes: providers that answer or do not, a clock that stands still. */
import {
  CallService,
  explainCall,
  httpFailureOf,
  silentTrace,
  UpstreamError,
  type Call,
  type CallTools,
} from '@signalbox/calls';
import { FaultError, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import { decideBatch, explainDecision } from '@signalbox/decisions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aCall, aHouse, anyState, ids, type House } from './spec-support/random-house.js';

const runs = 150;

/** What the call comes to: every decision, and the error if there is one. */
async function served(house: House, call: Call): Promise<{ decisions: RouteOutcome[]; error: unknown }> {
  const decisions: RouteOutcome[] = [];
  const { settings, sources, down } = house;
  const tools: CallTools = {
    router: {
      async decide(request: RouteRequest) {
        const [outcome] = await decideBatch(sources, [request]);
        if (outcome === undefined) throw new Error('no outcome');
        decisions.push(outcome);
        return outcome;
      },
    },
    attempt: {
      dispatcher: {
        dispatch({ origin }, handler) {
          const controller = handler as never;
          const id = new URL(String(origin)).hostname.split('.')[0] ?? '';
          if (down.has(id)) handler.onResponseError?.(controller, new Error('connection refused'));
          else {
            handler.onResponseStart?.(controller, 200, {});
            handler.onResponseData?.(controller, Buffer.from('{"usage":{"total_tokens":1}}'));
            handler.onResponseEnd?.(controller, {});
          }
          return true;
        },
      },
      settings: { current: settings },
      facts: sources.facts,
      learned: { observe: () => undefined },
      outbox: { add: () => undefined },
      metrics: {
        upstream: () => undefined,
        tokens: () => undefined,
        retry: () => undefined,
        fallback: () => undefined,
      },
      logger: { warn: () => undefined },
      version: 'spec',
      maxAnswerBytes: 1_000,
      isDraining: () => false,
    },
    waits: { wait: () => Promise.resolve(true), stop: () => undefined },
    backoff: { firstMs: 1, longestMs: 1 },
    agreeWithinMs: 0,
    dice: () => 0,
  };
  const client = {
    gone: false,
    onGone: () => undefined,
    setHeaders: () => undefined,
    writeHead: () => undefined,
    write: () => true,
    onDrain: () => undefined,
    end: () => undefined,
    breakOff: () => undefined,
  };
  try {
    await new CallService(tools, 10).serve(call, client, silentTrace);
    return { decisions, error: undefined };
  } catch (error) {
    return { decisions, error };
  }
}

function explained(house: House, call: Call) {
  const { settings, sources, down } = house;
  return explainCall(
    {
      attempt: { settings: { current: settings }, facts: sources.facts, version: 'spec' },
      router: { explain: (request) => explainDecision(sources, request) },
      backoff: { firstMs: 1, longestMs: 1 },
      agreeWithinMs: 0,
    },
    call,
    { down, seesHidden: true },
  );
}

function told(outcome: RouteOutcome): unknown {
  const { verdicts } = outcome;
  return outcome.outcome === 'chosen'
    ? { to: outcome.deploymentId, region: outcome.region, verdicts }
    : { fault: outcome.fault, verdicts };
}

function answerOf(error: unknown): unknown {
  if (error instanceof UpstreamError) return error.failure;
  return error instanceof FaultError ? httpFailureOf(error.fault, 'signalbox') : error;
}

/**
 * An attempt that was made takes its request of a deployment's rpm, one that is pretended does not: when a
 * deployment is come back to, the two may differ.
 */
function untilAgain(outcomes: readonly RouteOutcome[]): readonly RouteOutcome[] {
  const seen = new Set<string>();
  const end = outcomes.findIndex((outcome) => {
    if (outcome.outcome !== 'chosen')
      return outcome.verdicts.some(({ deploymentId }) => seen.has(deploymentId));
    const isAgain = outcome.verdicts.some(
      ({ deploymentId, code }) => seen.has(deploymentId) && code !== 'already_tried',
    );
    seen.add(outcome.deploymentId);
    return isAgain;
  });
  return end < 0 ? outcomes : outcomes.slice(0, end);
}

describe('whatever the state of the house', () => {
  it('an explained call is the call that follows: its decisions, the reasons for them, and its error', async () => {
    let answered = 0;
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const house = await aHouse(state);
        const call = aCall(state, house);
        const before = await house.limits.used(ids);
        const explanation = await explained(house, call);
        expect(await house.limits.used(ids)).toEqual(before);
        const happened = await served(house, call);
        const outcomes = explanation.steps.map(({ outcome }) => outcome);
        const certain = untilAgain(happened.decisions);
        expect(outcomes.slice(0, certain.length).map(told)).toEqual(certain.map(told));
        if (certain.length < happened.decisions.length) return;
        expect(answerOf(explanation.error)).toEqual(answerOf(happened.error));
        compared += 1;
        if (happened.error === undefined) answered += 1;
      }),
      { numRuns: runs },
    );
    // Else the states were all alike.
    expect(compared).toBeGreaterThan(runs / 4);
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(compared);
  });

  it('no fallback is foreseen outside the regions that are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const house = await aHouse({ ...state, allowedRegions: ['eu'] });
        const { steps, fallbacks } = await explained(
          house,
          aCall({ ...state, allowedRegions: ['eu'] }, house),
        );
        const picked = [...steps, ...Object.values(fallbacks).flat()].flatMap(({ outcome }) =>
          outcome.outcome === 'chosen' ? [outcome.region?.zone] : [],
        );
        expect(picked.filter((zone) => zone !== 'eu')).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
