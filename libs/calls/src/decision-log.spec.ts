// Real: how a call is read, served and logged. Fake: the router, which refuses; what would be needed beyond that is not there.
import {
  fault,
  FaultError,
  type DecisionRecord,
  type RouteOutcome,
  type RouteRequest,
} from '@signalbox/contracts';
import type { RouterSettings } from '@signalbox/config';
import { aCatalog, aDeployment } from '@signalbox/routing/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnswerClient } from './answer-client.js';
import { CallService } from './call-service.js';
import { loadCallSettings, type CallSettings } from './call-settings.js';
import type { CallTools } from './call-tools.js';
import { silentTrace } from './call-trace.js';
import type { Call } from './call.js';
import { readCall, type CallInput } from './read-call.js';

let settings: CallSettings;

beforeAll(async () => {
  const tables = { general: [], context_window: [], content_policy: [] };
  const router: RouterSettings = {
    numRetries: 0,
    timeoutMs: 10_000,
    retryAfterMs: 0,
    retryPolicy: {},
    modelGroupRetryPolicy: {},
    fallbacks: { tables, defaults: [], maxFallbacks: 5 },
    cooldowns: { disabled: true, timeMs: 0, allowedFailsPolicy: {} },
    routingStrategy: 'simple-shuffle',
    limitsWithoutRedis: 'local_share',
  };
  settings = await loadCallSettings({ catalog: aCatalog([aDeployment()]), router });
});

function aCall(words: Partial<CallInput> = {}): Call {
  const body = { model: 'any', messages: [{ role: 'user', content: 'Hey' }] };
  return readCall(
    {
      requestId: 'mine',
      mode: 'chat',
      headers: {},
      model: undefined,
      bytes: undefined,
      body,
      caller: undefined,
      endUserId: 'anna',
      policy: { endUserId: 'anna', blocked: false, allowedRegions: ['eu'], defaultModel: null },
      mayOrderFailures: false,
      decisionRecords: 'all',
      tags: { tags: [] },
      tagLimits: undefined,
      arrivedAt: 0,
      ...words,
    },
    settings.estimates,
  );
}

interface Told {
  readonly records: DecisionRecord[];
  readonly headers: object[];
  readonly error: unknown;
}

async function served(
  call: Call,
  decide: (request: RouteRequest) => Promise<RouteOutcome>,
  atOnce = 5,
): Promise<Told> {
  const records: DecisionRecord[] = [];
  const headers: object[] = [];
  const client = { gone: false, setHeaders: (more: object) => headers.push(more) };
  const tools = {
    router: { decide },
    attempt: { settings: { current: settings }, logger: { warn: () => undefined } },
    decisions: { add: (record: DecisionRecord) => records.push(record) },
  };
  const service = new CallService(tools as unknown as CallTools, atOnce);
  const error: unknown = await service
    .serve(call, client as unknown as AnswerClient, silentTrace)
    .catch((reason: unknown) => reason);
  return { records, headers, error };
}

const refusing = ({ requestId, attemptId }: RouteRequest): Promise<RouteOutcome> =>
  Promise.resolve({
    outcome: 'refused',
    requestId,
    attemptId,
    fault: fault('invalid_request', 'The words of the client.'),
    verdicts: [{ deploymentId: 'us', code: 'region_outside' }],
  });

describe('the log of a call', () => {
  it('says why it was refused, under the id that the client is told', async () => {
    const call = aCall();
    const { records, headers } = await served(call, refusing);
    expect(records).toMatchObject([
      {
        decisionId: call.decisionId,
        requestId: 'mine',
        policy: { residency: [{ allowed: ['eu'], from: 'end_user' }] },
        hops: [{ model: 'any', verdicts: [{ code: 'region_outside' }], refusal: 'invalid_request' }],
        outcome: 'refused',
        error: { code: 'invalid_request', status: 400 },
      },
    ]);
    expect(headers).toContainEqual({ 'x-signalbox-decision-id': call.decisionId });
  });

  it('says that there was no router, and that too many calls were under way', async () => {
    const away = () => Promise.reject(new FaultError(fault('router_unavailable')));
    const [unrouted] = (await served(aCall(), away)).records;
    expect(unrouted).toMatchObject({
      hops: [{ refusal: 'router_unavailable', verdicts: [] }],
      outcome: 'refused',
    });
    const [tooMany] = (await served(aCall(), refusing, 0)).records;
    expect(tooMany).toMatchObject({ hops: [], error: { code: 'rate_limit_exceeded', status: 429 } });
  });

  it('is kept of every call, of those restricted to regions, or of none', async () => {
    const free = { policy: undefined };
    const kept = async (words: Partial<CallInput>) => (await served(aCall(words), refusing)).records.length;
    expect(await kept({ decisionRecords: 'all', ...free })).toBe(1);
    expect(await kept({ decisionRecords: 'restricted' })).toBe(1);
    expect(await kept({ decisionRecords: 'restricted', ...free })).toBe(0);
    expect(await kept({ decisionRecords: 'off' })).toBe(0);
    expect(aCall({ decisionRecords: 'off' }).decisionId).toBeUndefined();
  });

  it('holds nothing of a body but the name of the model', async () => {
    const planted = 'planted-6f1e';
    const texts = fc.string().map((text) => `${text}${planted}${text}`);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(texts, fc.array(tie('value')), fc.dictionary(texts, tie('value'), { maxKeys: 3 })),
    }));
    const bodies = fc.record({
      messages: fc.array(value),
      tools: value,
      metadata: value,
      stop: value,
      other: value,
    });
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const call = aCall({ body: { model: 'any', ...body } });
        const { records } = await served(call, refusing);
        expect(records).toHaveLength(1);
        expect(JSON.stringify(records)).not.toContain(planted);
        expect(JSON.stringify(records)).not.toContain('words of the client');
      }),
    );
  });
});
