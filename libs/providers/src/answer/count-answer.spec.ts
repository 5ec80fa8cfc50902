import { describe, expect, it } from 'vitest';
import { countAnswer, countCutAnswer } from './count-answer.js';
import { UsageTap } from './usage-tap.js';

/** One token a word. */
const words = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const events = (...all: unknown[]): Buffer =>
  Buffer.from(all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
const delta = (content: string, index = 0): object => ({
  id: 'chatcmpl-1',
  choices: [{ index, delta: { content }, finish_reason: null }],
});

function counted(stream: Buffer): number {
  const tap = new UsageTap({ hideUsage: true });
  tap.push(stream);
  return tap.countAnswer(words);
}

describe('a whole answer', () => {
  it('counts what every choice says, and nothing around it', () => {
    const message = { role: 'assistant', content: 'one two', refusal: null, reasoning_content: 'let me see' };
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"a": 1}' } }];
    expect(countAnswer(json({ id: 'x', choices: [{ index: 0, message }] }), words)).toBe(5);
    expect(countAnswer(json({ choices: [{ message: { content: null, tool_calls: calls } }] }), words)).toBe(
      3,
    );
    expect(countAnswer(json({ choices: [{ text: 'one' }, { text: 'two three' }] }), words)).toBe(3);
    expect(
      countAnswer(json({ choices: [{ message: { content: [{ type: 'text', text: 'a b' }] } }] }), words),
    ).toBe(2);
  });

  it('counts by its length when it was cut off', () => {
    expect(countAnswer(Buffer.from(`{"choices":[${' '.repeat(688)}`), words)).toBe(100);
    expect([countCutAnswer(0), countCutAnswer(120), countCutAnswer(304)]).toEqual([0, 0, 1]);
  });

  it.each([null, [], 'text', { choices: {} }, { choices: [null, 3] }, { choices: [{ message: 7 }] }])(
    'of the shape %j counts nothing',
    (answer) => {
      expect(countAnswer(json(answer), words)).toBe(0);
    },
  );
});

describe('a streamed answer', () => {
  it('counts what its events say together', () => {
    expect(counted(events(delta('Hel'), delta('lo wor'), delta('ld'), delta('')))).toBe(2);
  });

  it('keeps choices apart', () => {
    expect(counted(events(delta('one', 0), delta('two', 1), delta(' more', 0)))).toBe(3);
  });

  it('counts no event that was cut off', () => {
    expect(
      counted(Buffer.concat([events(delta('one two')), Buffer.from('data: {"choices":[{"delta"')])),
    ).toBe(2);
  });

  it('counts what comes later as what came first', () => {
    const stream = events(...Array.from({ length: 10_000 }, () => delta(' some words')));
    expect(counted(stream)).toBe(20_000);
  });

  it('counts an event that cannot be read as one token', () => {
    expect(counted(Buffer.from('data: <nonsense>\n\ndata: <more>\n\n'))).toBe(2);
  });
});
