import { describe, expect, it } from 'vitest';
import { requireParams } from './enforced-params.js';

const body = { model: 'gpt-4o', user: null, metadata: { generation_name: 'a', deep: { er: 1 } } };
const refusing = (...enforced: string[]) => {
  return () => {
    requireParams(body, enforced);
  };
};

describe('fields that a caller must send', () => {
  it.each([[[]], [['model', 'user']], [['metadata.generation_name', 'metadata.deep.er']]])(
    'are there: %j',
    (enforced) => {
      expect(refusing(...enforced)).not.toThrow();
    },
  );

  it.each([
    [['model', 'seed'], 'seed', 'seed'],
    [['metadata.session'], 'metadata.session', '[metadata][session]'],
    [['metadata.deep.est'], 'metadata.deep.est', '[metadata][deep][est]'],
    [['headers.name'], 'headers.name', 'headers'],
    [['model.name'], 'model.name', '[model][name]'],
    [['user.name'], 'user.name', '[user][name]'],
    [['constructor'], 'constructor', 'constructor'],
  ])('are missed in the words of LiteLLM: %j', (enforced, param, shown) => {
    const message = `BadRequest please pass param=${shown} in request body. This is a required param`;
    expect(refusing(...enforced)).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ code: 'invalid_request', param, message }) as unknown,
      }),
    );
  });
});
