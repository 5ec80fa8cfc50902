/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { fault, type RouteOutcome } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { answersJson, chatAnswer, FakeProvider, type ProviderAnswer } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

function deployment(id: string, modelGroup: string, words: object = {}) {
  return aDeployment({ id, modelGroup, upstream: { apiBase: provider.apiBase(id) }, ...words });
}

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [
      deployment('one', 'gpt-4', { order: 1 }),
      deployment('two', 'gpt-4', { order: 2 }),
      deployment('alone', 'lonely'),
      deployment('steady', 'never-again', { maxRetries: 0 }),
      deployment('patient', 'by-policy'),
    ],
    router: {
      numRetries: 2,
      timeoutMs: 5_000,
      retryPolicy: { bad_request: 1 },
      modelGroupRetryPolicy: { 'by-policy': { rate_limit: 3, internal_server: 0 } },
    },
  });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

beforeEach(() => {
  provider.reset();
  under.services.forget();
});

const refuses = (status: number, headers: Record<string, string> = {}): ProviderAnswer =>
  answersJson({ error: { message: `no ${status}` } }, status, headers);

/** Answers each call with the next one, the last one for ever. */
function inTurn(...answers: ProviderAnswer[]): ProviderAnswer {
  let turn = 0;
  return (response, body, request) => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    return answer?.(response, body, request);
  };
}

function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return under.post('/v1/chat/completions', { ...chat, ...body }, { headers });
}

function tallyOf({ headers }: Response): (string | null)[] {
  return ['attempted-retries', 'max-retries', 'attempted-fallbacks', 'max-fallbacks'].map((name) =>
    headers.get(`x-litellm-${name}`),
  );
}

describe('a retry', () => {
  it('is told of in the headers, also when there was none', async () => {
    expect(tallyOf(await post({}))).toEqual(['0', '2', '0', '5']);
    provider.on('one', refuses(409));
    expect(tallyOf(await post({}))).toEqual(['1', '2', '0', '5']);
  });

  it('goes to the same deployment when no other is left, each with its own attempt id and record', async () => {
    provider.on('alone', inTurn(refuses(500), refuses(429), answersJson(chatAnswer())));
    const response = await post({ model: 'lonely' });
    expect([response.status, ...tallyOf(response)]).toEqual([200, '2', '2', '0', '5']);
    const records = await under.usageOf(response, 3);
    expect(records.map(({ outcome, upstreamStatus }) => [outcome, upstreamStatus])).toEqual([
      ['failed', 500],
      ['failed', 429],
      ['succeeded', 200],
    ]);
    expect(new Set(records.map(({ attemptId }) => attemptId)).size).toBe(3);
  });

  it('comes back to the first deployment only after all have been tried', async () => {
    provider.on('one', inTurn(refuses(500), answersJson(chatAnswer())));
    provider.on('two', refuses(500));
    expect((await post({})).headers.get('x-litellm-model-id')).toBe('one');
    const excluded = under.services.asked.map(({ exclude }) => exclude);
    expect(excluded).toEqual([[], ['one'], ['one', 'two'], expect.not.arrayContaining(['one'])]);
  });

  it('leaves a deployment alone for as long as its provider asks', async () => {
    provider.on('one', refuses(429, { 'retry-after': '50' }));
    provider.on('two', inTurn(refuses(500), answersJson(chatAnswer())));
    expect((await post({})).headers.get('x-litellm-model-id')).toBe('two');
    expect([provider.calls('one').length, provider.calls('two').length]).toEqual([1, 2]);
  });

  it('does not wait longer than the call may take, nor for an account that is empty', async () => {
    provider.on('alone', refuses(429, { 'retry-after': '6' }));
    expect((await post({ model: 'lonely' })).headers.get('retry-after')).toBe('6');
    provider.on('alone', answersJson({ error: { message: 'x', code: 'insufficient_quota' } }, 400));
    expect((await post({ model: 'lonely' })).status).toBe(400);
    provider.on('alone', (response) => response.destroy());
    const hurried = await post({ model: 'lonely', num_retries: 8 }, { 'x-litellm-timeout': '0.001' });
    expect(hurried.status).toBeGreaterThanOrEqual(502);
    expect(provider.calls('alone').length).toBeLessThanOrEqual(3);
  });

  it.each([400, 401, 403, 404, 422])('is not made after %i', async (status) => {
    provider.on('two', refuses(status));
    const response = await under.post('/v1/chat/completions', { ...chat, model: 'two', num_retries: 5 });
    // The policy of this gateway allows one retry of a bad request, and nothing of the rest.
    const isBadRequest = status === 400 || status === 422;
    expect([response.status, provider.calls('two').length]).toEqual([status, isBadRequest ? 2 : 1]);
  });

  it('follows the policy of the model group, which the client may only lower', async () => {
    provider.on('patient', inTurn(refuses(429), refuses(429), refuses(429), answersJson(chatAnswer())));
    expect(tallyOf(await post({ model: 'by-policy' })).slice(0, 2)).toEqual(['3', '3']);
    provider.on('patient', refuses(429));
    expect(tallyOf(await post({ model: 'by-policy', num_retries: 1 })).slice(0, 2)).toEqual(['1', '1']);
    provider.on('patient', refuses(500));
    expect(tallyOf(await post({ model: 'by-policy', num_retries: 1 })).slice(0, 2)).toEqual(['0', '0']);
  });

  it('is as many as the deployment says, unless the client says otherwise', async () => {
    provider.on('steady', refuses(500));
    expect(tallyOf(await post({ model: 'never-again' })).slice(0, 2)).toEqual(['0', '0']);
    const asked = await post({ model: 'never-again' }, { 'x-litellm-num-retries': '1' });
    expect(tallyOf(asked).slice(0, 2)).toEqual(['1', '1']);
  });

  it('is not made once the client has the first byte', async () => {
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[]}\n\n', () => response.destroy());
    });
    const text = await (await post({ stream: true })).text();
    expect(text).toContain('"error"');
    expect(provider.calls('two')).toHaveLength(0);
  });

  it('is made while nothing of a stream has come', async () => {
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const response = await post({ stream: true }, { 'x-litellm-stream-timeout': '0.05' });
    expect([response.status, response.headers.get('x-litellm-model-id')]).toEqual([200, 'two']);
  });
});

describe('an error after several attempts', () => {
  it("is the provider's last, with every attempt's reason and no secret", async () => {
    provider.on('one', refuses(503));
    provider.on('two', answersJson({ error: { message: 'key sk-abcdef123456 is wrong' } }, 500));
    const response = await post({ num_retries: 1 });
    expect([response.status, ...tallyOf(response)]).toEqual([500, '1', '1', '0', '5']);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toBe(
      'key [masked] is wrong. Attempts: gpt-4 (one): 503 no 503; gpt-4 (two): 500 key [masked] is wrong.',
    );
  });
});

describe('a wait', () => {
  it('ends at once when the client hangs up', async () => {
    provider.on('alone', refuses(429, { 'retry-after': '4' }));
    const client = new AbortController();
    const pending = under.post(
      '/v1/chat/completions',
      { ...chat, model: 'lonely' },
      { signal: client.signal },
    );
    await vi.waitFor(() => {
      expect(under.services.asked.map(({ exclude }) => exclude)).toEqual([[], ['alone']]);
    });
    client.abort();
    await expect(pending).rejects.toThrow();
    const [{ attemptId } = { attemptId: '' }] = under.services.asked;
    await vi.waitFor(() => {
      expect(under.services.usage.filter((record) => record.attemptId === attemptId)).toHaveLength(1);
    });
    expect(provider.calls('alone')).toHaveLength(1);
  });

  it('ends at once at shutdown, and the call is answered', async () => {
    const other = await GatewayUnderTest.start({ deployments: [deployment('alone', 'lonely')] });
    provider.on('alone', refuses(429, { 'retry-after': '9' }));
    const pending = other.post('/v1/chat/completions', { ...chat, model: 'lonely' });
    await vi.waitFor(() => {
      expect(other.services.asked).toHaveLength(2);
    });
    const finished = other.gateway.finishCalls(60_000);
    expect((await pending).status).toBe(429);
    await finished;
    await other.stop();
  });
});

describe('a router that has no capacity left', () => {
  it('is not asked again and again', async () => {
    const honest = under.services.decide;
    under.services.decide = ({ requestId, attemptId }): RouteOutcome => ({
      outcome: 'refused',
      requestId,
      attemptId,
      fault: fault('rate_limit_exceeded', undefined, { retryAfterMs: 9_000 }),
      verdicts: [],
      limits: 'degraded',
    });
    const response = await post({});
    under.services.decide = honest;
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '9']);
    expect(response.headers.get('x-signalbox-limits')).toBe('degraded');
    expect(under.services.asked).toHaveLength(1);
  });
});
