import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES, UsageTap } from './usage-tap.js';

const directory = new URL('../../fixtures/streams/', import.meta.url);
const stream = (name: string) => readFileSync(new URL(`${name}.sse`, directory));
const everyStream = readdirSync(directory).map((file) => readFileSync(new URL(file, directory)));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that somebody still holds; those of the others are freed a turn after they were found. */
async function memoryInUse(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    collectGarbage();
    await nextTurn();
  }
  return process.memoryUsage().arrayBuffers;
}

/** What the client gets and what the tap found, for a stream cut at the given places. */
function tapped(bytes: Buffer, cuts: readonly number[] = [], hideUsage = true) {
  const tap = new UsageTap({ hideUsage });
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other);
  const forwarded: Buffer[] = [];
  let from = 0;
  for (const place of [...places, bytes.length]) {
    forwarded.push(...tap.push(bytes.subarray(from, place)));
    from = place;
  }
  forwarded.push(...tap.end());
  const { usage, done, errored, dataEvents } = tap;
  return { text: Buffer.concat(forwarded).toString('latin1'), usage, done, errored, dataEvents };
}

describe('UsageTap', () => {
  it('finds the usage and swallows the event that carries nothing else', () => {
    const bytes = stream('openai-chat-usage');
    const { text, ...found } = tapped(bytes);
    const events = bytes.toString('latin1').split('\n\n');
    expect(text).toBe(events.filter((event) => !event.includes('"choices":[]')).join('\n\n'));
    expect(found).toEqual({
      usage: { prompt: 13, completion: 5, total: 18, cached: 4, reasoning: 2, source: 'provider' },
      done: true,
      errored: false,
      dataEvents: 7,
    });
  });

  it('finds the usage in the last event of a stream whose events have a type', () => {
    const bytes = stream('openai-responses');
    const { text, ...found } = tapped(bytes);
    expect(text).toBe(bytes.toString('latin1'));
    expect(found).toEqual({
      usage: { prompt: 12, completion: 5, total: 17, cached: 4, reasoning: 2, source: 'provider' },
      done: true,
      errored: false,
      dataEvents: 5,
    });
  });

  it('counts what such a stream said before it broke', () => {
    const tap = new UsageTap({ hideUsage: false });
    const whole = stream('openai-responses');
    tap.push(whole.subarray(0, whole.indexOf('event: response.completed')));
    expect(tap.usage).toBeUndefined();
    expect(tap.countAnswer((texts) => texts.join('|').length)).toBe('Signals are clear.'.length);
  });

  it('sees that such a stream failed', () => {
    expect(tapped(stream('openai-responses-failed'))).toMatchObject({ errored: true, done: false });
  });

  it('leaves every byte to a client that asked for the usage', () => {
    const bytes = stream('openai-chat-usage');
    const { text, usage } = tapped(bytes, [], false);
    expect(text).toBe(bytes.toString('latin1'));
    expect(usage?.total).toBe(18);
  });

  it("keeps Azure's first event, which has no choices and no usage either", () => {
    const { text, usage } = tapped(stream('azure-chat-usage'));
    expect(text).toContain('prompt_filter_results');
    expect(text).not.toContain('"prompt_tokens"');
    expect(usage?.total).toBe(12);
  });

  it.each([
    ['mistral-chat-usage-with-last-choice', 9],
    ['perplexity-usage-in-every-event', 9],
  ])('leaves an event that carries usage and text: %s', (name, total) => {
    const bytes = stream(name);
    const { text, usage } = tapped(bytes);
    expect(text).toBe(bytes.toString('latin1'));
    expect(usage?.total).toBe(total);
  });

  it('passes comments on', () => {
    const { text, usage, dataEvents } = tapped(stream('openrouter-comments'));
    expect(text.match(/: OPENROUTER PROCESSING/g)).toHaveLength(2);
    expect([usage?.total, dataEvents]).toEqual([5, 1]);
  });

  it('reads carriage returns', () => {
    const { text, usage } = tapped(stream('crlf'));
    expect(usage?.total).toBe(18);
    expect(text).not.toContain('"choices":[]');
  });

  it('tells an error in the middle and a stream that never finished', () => {
    expect(tapped(stream('openai-error-in-the-middle'))).toMatchObject({
      errored: true,
      done: false,
      dataEvents: 3,
    });
  });

  it('counts events where the provider tells no usage', () => {
    expect(tapped(stream('azure-old-version-without-usage'))).toMatchObject({
      usage: undefined,
      done: true,
      dataEvents: 3,
    });
  });

  it('takes no text of an answer for usage', () => {
    const event = `data: ${JSON.stringify({ choices: [{ delta: { content: '"usage":{"prompt_tokens":9,"total_tokens":9}' } }] })}\n\n`;
    expect(tapped(Buffer.from(event)).usage).toBeUndefined();
    const nested = `data: ${JSON.stringify({ choices: [{ delta: {}, usage: { prompt_tokens: 9, total_tokens: 9 } }] })}\n\n`;
    expect(tapped(Buffer.from(nested)).usage).toBeUndefined();
  });

  it('reads the last event also when its blank line never came', () => {
    const bytes = stream('openai-chat-usage');
    expect(tapped(bytes.subarray(0, bytes.length - 2))).toMatchObject({ done: true });
  });

  it('forwards the same bytes and finds the same, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...everyStream),
        fc.array(fc.nat(5_000), { maxLength: 40 }),
        fc.boolean(),
        (bytes, cuts, hide) => {
          expect(tapped(bytes, cuts, hide)).toEqual(tapped(bytes, [], hide));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does the same for any text at all, byte by byte', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'data:',
      ' ',
      '{"usage":{"total_tokens":1}',
      ',"choices":[]}',
      ': x',
      '[DONE]',
      '€',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, hide) => {
        const bytes = Buffer.from(pieces.join(''));
        const everywhere = Array.from({ length: bytes.length }, (_, index) => index);
        expect(tapped(bytes, everywhere, hide)).toEqual(tapped(bytes, [], hide));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('UsageTap and memory', () => {
  it('holds back nothing but an event without its end', () => {
    const tap = new UsageTap({ hideUsage: true });
    const whole = Buffer.from('data: {"a":1}\n\n');
    expect(tap.push(whole)[0]).toBe(whole);
    expect(Buffer.concat(tap.push(Buffer.from('data: {"b":2}\n\ndata: {"c"'))).toString()).toBe(
      'data: {"b":2}\n\n',
    );
    expect(Buffer.concat(tap.push(Buffer.from(':3}\n\n'))).toString()).toBe('data: {"c":3}\n\n');
  });

  it('keeps a few dozen kilobytes of a stream of any length', async () => {
    const tap = new UsageTap({ hideUsage: true });
    const event = Buffer.from(`data: {"choices":[{"delta":{"content":"${'word '.repeat(3_000)}"}}]}\n\n`);
    const before = await memoryInUse();
    for (let events = 0; events < 10_000; events += 1) {
      const chunk = Buffer.allocUnsafeSlow(event.length);
      event.copy(chunk);
      tap.push(chunk);
    }
    // 150 MB went through.
    expect((await memoryInUse()) - before).toBeLessThan(1024 * 1024);
    expect(tap.countAnswer((texts) => texts.join(' ').split(' ').length - 1)).toBe(30_000_000);
  });

  it('forwards slices of what came, not copies', () => {
    const chunk = Buffer.from(
      'data: {"a":1}\n\ndata: {"usage":{"prompt_tokens":1,"total_tokens":1},"choices":[]}\n\ndata: [DONE]\n\n',
    );
    const forwarded = new UsageTap({ hideUsage: true }).push(chunk);
    expect(forwarded.map(String)).toEqual(['data: {"a":1}\n\n', 'data: [DONE]\n\n']);
    expect(forwarded.every((piece) => piece.buffer === chunk.buffer)).toBe(true);
  });

  it('passes an event on that is longer than a mebibyte, whole or in pieces, and goes on afterwards', () => {
    const giant = `data: {"choices":[],"usage":{"total_tokens":1},"x":"${'y'.repeat(MAX_EVENT_BYTES)}"}\n\n`;
    const bytes = Buffer.concat([Buffer.from(giant), stream('azure-chat-usage')]);
    const whole = tapped(bytes);
    expect(whole.text.startsWith(giant)).toBe(true);
    expect(whole.usage?.total).toBe(12);
    expect(tapped(bytes, [10, 5_000, MAX_EVENT_BYTES, MAX_EVENT_BYTES + 3, bytes.length - 5])).toEqual(whole);
    const everySixtyThousand = Array.from({ length: 20 }, (_, index) => index * 60_000);
    expect(tapped(bytes, everySixtyThousand)).toEqual(whole);
  });
});
