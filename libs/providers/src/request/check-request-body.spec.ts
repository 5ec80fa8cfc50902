import { describe, expect, it } from 'vitest';
import { checkRequestBody, checkRequestChanges } from './check-request-body.js';

describe('checkRequestBody', () => {
  it.each([
    [
      'chat',
      { model: 'm', messages: [{ role: 'user', content: 'hi', anything: 1 }], anything: { else: true } },
    ],
    ['chat', { messages: [{ role: 'user' }] }],
    ['completion', { prompt: 'hi' }],
    ['completion', { prompt: ['hi', 'ho'] }],
    ['completion', { prompt: [1, 2] }],
    ['embedding', { input: 'hi' }],
    ['embedding', { input: [[1, 2], [3]] }],
    ['responses', { input: 'hi' }],
    ['responses', { input: [{ role: 'user', content: 'hi' }] }],
    ['responses', { prompt: { id: 'pmpt_1' } }],
    ['moderation', { input: ['hi', { type: 'text', text: 'ho' }] }],
    ['image_generation', { prompt: 'hi' }],
    ['audio_speech', { input: 'hi', voice: 'alloy' }],
    ['audio_transcription', { file: { filename: 'a.mp3', bytes: 5 } }],
  ] as const)('takes the %s body %j and gives it back as it is', (mode, body) => {
    expect(checkRequestBody(mode, body)).toEqual({ ok: true, body });
  });

  it.each([
    ['chat', { model: 'm' }, "Missing required parameter: 'messages'.", 'messages'],
    [
      'chat',
      { messages: [] },
      "Invalid 'messages': empty array. Expected an array with at least one element.",
      'messages',
    ],
    ['chat', { messages: 'hi' }, "Invalid type for 'messages'. Expected array.", 'messages'],
    [
      'chat',
      { messages: [{ content: 'hi' }] },
      "Missing required parameter: 'messages[0].role'.",
      'messages[0].role',
    ],
    ['chat', { messages: ['hi'] }, "Invalid type for 'messages[0]'. Expected object.", 'messages[0]'],
    [
      'chat',
      { messages: [{ role: 'user' }], model: 5 },
      "Invalid type for 'model'. Expected string.",
      'model',
    ],
    ['completion', {}, "Missing required parameter: 'prompt'.", 'prompt'],
    ['responses', {}, "Missing required parameter: 'input'.", 'input'],
    ['responses', { input: [] }, "Invalid type for 'input'.", 'input'],
    ['moderation', { input: 5 }, "Invalid type for 'input'.", 'input'],
    ['image_edit', { prompt: ['hi'] }, "Invalid type for 'prompt'. Expected string.", 'prompt'],
    ['audio_translation', { file: 'text' }, "Invalid type for 'file'. Expected file.", 'file'],
    [
      'chat',
      { messages: [{ role: 5 }] },
      "Invalid type for 'messages[0].role'. Expected string.",
      'messages[0].role',
    ],
    ['completion', { prompt: 5 }, "Invalid type for 'prompt'.", 'prompt'],
    ['completion', { prompt: [] }, "Invalid type for 'prompt'.", 'prompt'],
    ['completion', { prompt: [Infinity] }, "Invalid type for 'prompt'.", 'prompt'],
    ['embedding', { input: [[{}]] }, "Invalid type for 'input'.", 'input'],
    ['embedding', { model: 'm' }, "Missing required parameter: 'input'.", 'input'],
  ] as const)('refuses the %s body %j', (mode, body, message, param) => {
    expect(checkRequestBody(mode, body)).toEqual({ ok: false, message, param });
  });

  it.each([[null], [[]], ['text'], [5]])('refuses %j, which is no object', (body) => {
    expect(checkRequestBody('chat', body)).toEqual({
      ok: false,
      message: 'The request body must be a JSON object.',
    });
  });

  it('looks no further than the first fault: a body of megabytes may hold a million of them', () => {
    const unseen = new Proxy({}, { get: () => expect.unreachable('looked at') });
    expect(checkRequestBody('chat', { messages: [{}, unseen] })).toMatchObject({ param: 'messages[0].role' });
  });
});

describe('checkRequestChanges', () => {
  it('takes what leaves the prompt alone, and judges a prompt like that of a body', () => {
    expect(checkRequestChanges('chat', { temperature: 1 }).ok).toBe(true);
    expect(checkRequestChanges('chat', { messages: [{ role: 'user' }] }).ok).toBe(true);
    expect(checkRequestChanges('chat', { messages: [] })).toMatchObject({ ok: false, param: 'messages' });
    expect(checkRequestChanges('embedding', { input: 5 })).toMatchObject({ ok: false, param: 'input' });
  });
});
