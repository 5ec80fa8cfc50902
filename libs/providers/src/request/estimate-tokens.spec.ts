import type { CallMode } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.js';
import { TokenCounters } from '../tokens/token-counters.js';

describe('the prompt', () => {
  const prompt = (body: Record<string, unknown>, mode: CallMode = 'chat') =>
    estimateTokens(mode, body).promptTokens;

  it('of a chat is its bytes by four, and a little for every message', () => {
    expect(prompt({ messages: [{ role: 'user', content: 'a'.repeat(400) }] })).toBe(3 + 4 + 100);
    expect(
      prompt({
        messages: [
          { role: 'user', content: 'é'.repeat(200) },
          { role: 'user', content: '' },
        ],
      }),
    ).toBe(3 + 4 + 100 + 4);
  });

  it('of a chat with names is a little more', () => {
    expect(prompt({ messages: [{ role: 'user', name: 'anna', content: 'abcd' }] })).toBe(3 + 4 + 2 + 1);
  });

  it('counts images by rule and not by their base64', () => {
    const image = (detail?: string) => ({
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${'A'.repeat(90_000)}`, detail },
    });
    expect(prompt({ messages: [{ role: 'user', content: [{ type: 'text', text: 'abcd' }, image()] }] })).toBe(
      3 + 4 + 1 + 765,
    );
    expect(prompt({ messages: [{ role: 'user', content: [image('low')] }] })).toBe(3 + 4 + 85);
  });

  it('counts tools and tool calls by their JSON', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    const without = prompt({ messages: [{ role: 'user', content: 'x' }] });
    expect(prompt({ messages: [{ role: 'user', content: 'x' }], tools })).toBe(
      without + Math.ceil(JSON.stringify(tools).length / 4),
    );
  });

  it('of an embedding is its text, texts or tokens', () => {
    expect(prompt({ input: 'a'.repeat(40) }, 'embedding')).toBe(10);
    expect(prompt({ input: ['abcd', 'abcde'] }, 'embedding')).toBe(3);
    expect(prompt({ input: [1, 2, 3] }, 'embedding')).toBe(3);
    expect(prompt({ input: [[1, 2, 3], [4]] }, 'embedding')).toBe(4);
  });

  it('of a response is its instructions, its items and its tools', () => {
    expect(prompt({ input: 'abcd', instructions: 'abcdefgh' }, 'responses')).toBe(3 + 1 + 2);
    const parts = [
      { type: 'input_text', text: 'abcd' },
      { type: 'input_image', detail: 'low' },
    ];
    expect(prompt({ input: [{ role: 'user', content: parts }] }, 'responses')).toBe(3 + 4 + 1 + 85);
    const output = { type: 'function_call_output', call_id: 'c', output: 'sunny' };
    expect(prompt({ input: [output] }, 'responses')).toBe(3 + Math.ceil(JSON.stringify(output).length / 4));
  });

  it('of images and sounds is their text, and files by rule', () => {
    const file = { filename: 'a', contentType: 'audio/mpeg', bytes: 3_001 };
    expect(prompt({ prompt: 'abcd' }, 'image_generation')).toBe(1);
    expect(prompt({ prompt: 'abcd', image: [file, file] }, 'image_edit')).toBe(1 + 2 * 765);
    expect(prompt({ input: 'abcd', instructions: 'abcd' }, 'audio_speech')).toBe(2);
    expect(prompt({ file, prompt: 'abcd' }, 'audio_transcription')).toBe(3 + 1);
    expect(prompt({ input: [{ type: 'text', text: 'abcd' }, 'abcd'] }, 'moderation')).toBe(2);
  });

  it('of a completion is its prompt and suffix', () => {
    expect(prompt({ prompt: ['abcd', [1, 2]], suffix: 'efgh' }, 'completion')).toBe(4);
  });
});

describe('the answer of other kinds of calls', () => {
  it('is by the quality and number of images, and nothing where nothing is charged', () => {
    const output = (mode: CallMode, body: Record<string, unknown>) => estimateTokens(mode, body).outputTokens;
    expect(output('image_generation', { quality: 'low', n: 2 })).toBe(544);
    expect(output('image_edit', {})).toBe(1_056);
    expect(output('responses', { max_output_tokens: 9 })).toBe(9);
    expect(output('audio_transcription', {})).toBe(256);
    expect(output('audio_speech', {})).toBe(0);
    expect(output('moderation', {})).toBe(0);
  });
});

describe('the answer', () => {
  const output = (body: Record<string, unknown>, maxOutputTokens?: number) =>
    estimateTokens('chat', { messages: [], ...body }, { maxOutputTokens }).outputTokens;

  it.each<[Record<string, unknown>, number]>([
    [{}, 256],
    [{ max_tokens: 50 }, 50],
    [{ max_tokens: 50, max_completion_tokens: 70 }, 70],
    [{ max_output_tokens: 60 }, 60],
    [{ max_tokens: 50, n: 3 }, 150],
    [{ max_tokens: 50, n: 3, best_of: 5 }, 250],
    [{ max_tokens: null }, 256],
    [{ max_tokens: -1 }, 256],
    [{ max_tokens: 'many' }, 256],
    [{ max_tokens: 0 }, 0],
  ])('of %j is %d', (body, tokens) => {
    expect(output(body)).toBe(tokens);
  });

  it("is bounded by the model's own limit", () => {
    expect(output({ max_tokens: 100_000 }, 4_096)).toBe(4_096);
    expect(output({ max_tokens: 100_000, n: 2 }, 4_096)).toBe(8_192);
    expect(output({}, 100)).toBe(100);
  });

  it('of an embedding is nothing', () => {
    expect(estimateTokens('embedding', { input: 'x', max_tokens: 5 }).outputTokens).toBe(0);
  });
});

describe('with the tokenizer of the model', () => {
  const gpt4o = { provider: 'openai', model: 'gpt-4o' };
  const gpt4 = { provider: 'openai', model: 'gpt-4' };

  // The example of OpenAI's cookbook, with the numbers its API reported.
  const messages = [
    {
      role: 'system',
      content:
        'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
    },
    { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
    {
      role: 'system',
      name: 'example_assistant',
      content: 'Things working well together will increase revenue.',
    },
    {
      role: 'system',
      name: 'example_user',
      content:
        "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
    },
    {
      role: 'system',
      name: 'example_assistant',
      content: "Let's talk later when we're less busy about how to do better.",
    },
    {
      role: 'user',
      content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
  ];

  it.each([
    [gpt4o, 124],
    [gpt4, 129],
  ])('a chat is what the provider counts: $model', async (name, tokens) => {
    const counters = await TokenCounters.load([name]);
    const counter = counters.counterFor([name]);
    expect(estimateTokens('chat', { messages }, { counter }).promptTokens).toBe(tokens);
  });

  it('tools are a little more than the provider counts', async () => {
    const counters = await TokenCounters.load([gpt4o]);
    const counter = counters.counterFor([gpt4o]);
    const body = {
      messages: [
        {
          role: 'system',
          content: 'You are a helpful assistant that can answer to questions about the weather.',
        },
        { role: 'user', content: "What's the weather like in Pittsburgh?" },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_current_weather',
            description: 'Get the current weather in a given location',
            parameters: {
              type: 'object',
              properties: {
                location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
                unit: {
                  type: 'string',
                  description: 'The unit of temperature to return',
                  enum: ['celsius', 'fahrenheit'],
                },
              },
              required: ['location'],
            },
          },
        },
      ],
    };
    const { promptTokens } = estimateTokens('chat', body, { counter });
    expect(promptTokens).toBeGreaterThan(101);
    expect(promptTokens).toBeLessThan(101 * 1.2);
  });
});

it('never throws and always gives whole numbers, whatever the body', () => {
  const value = fc.jsonValue();
  const body = fc.record(
    {
      messages: fc.oneof(
        value,
        fc.array(fc.oneof(value, fc.record({ content: value, name: value, tool_calls: value }))),
      ),
      input: value,
      prompt: value,
      tools: value,
      max_tokens: value,
      n: value,
      best_of: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(body, fc.constantFrom<CallMode>('chat', 'completion', 'embedding'), (shape, mode) => {
      const { promptTokens, outputTokens } = estimateTokens(mode, shape);
      expect(Number.isSafeInteger(promptTokens) && promptTokens >= 0).toBe(true);
      expect(Number.isSafeInteger(outputTokens) && outputTokens >= 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('survives tools nested deeper than the stack', () => {
  const tools: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  expect(estimateTokens('chat', { messages: [], tools }).promptTokens).toBeGreaterThanOrEqual(3);
});
