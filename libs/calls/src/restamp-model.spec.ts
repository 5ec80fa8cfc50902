import { describe, expect, it } from 'vitest';
import { restampAnswer, restampEvents } from './restamp-model.js';

describe('restamping', () => {
  it('replaces the model of a whole answer and nothing else', () => {
    const answer = '{"id":"x", "model":"gpt-4o-2024", "choices":[{"text":"my \\"model\\":\\"y\\""}]}';
    expect(restampAnswer(Buffer.from(answer), 'mine').toString()).toBe(answer.replace('gpt-4o-2024', 'mine'));
  });

  it('replaces the model of every event, and never what the model says', () => {
    const event = (model: string) =>
      `data: {"id":"1","model":"${model}","choices":[{"delta":{"content":"\\"model\\":\\"é\\""}}]}\n\n`;
    const restamp = restampEvents('größer');
    const events = event('a') + event('b') + 'data: [DONE]\n\n';
    expect(restamp(Buffer.from(events)).toString()).toBe(
      `${event('größer')}${event('größer')}data: [DONE]\n\n`,
    );
  });
});
