import { describe, expect, it } from 'vitest';
import { bodyOfForm, patchForm, writeForm, type FormPart } from './form-body.js';

const sound = {
  name: 'file',
  filename: 'a.mp3',
  contentType: 'audio/mpeg',
  bytes: Buffer.from([0, 255, 13, 10]),
};
const texts = (...fields: [name: string, text: string][]): FormPart[] =>
  fields.map(([name, text]) => ({ name, text }));

describe('what a form says', () => {
  it('is told as a JSON body would be', () => {
    const parts = [
      ...texts(
        ['model', 'whisper'],
        ['stream', 'true'],
        ['n', '2'],
        ['user', '7'],
        ['include[]', 'logprobs'],
        ['include[]', 'more'],
        ['metadata[user_id]', 'anna'],
        ['metadata[team]', 'red'],
        ['litellm_metadata', '{"tags":["a"]}'],
      ),
      sound,
    ];
    expect(bodyOfForm({ parts })).toEqual({
      ok: true,
      body: {
        model: 'whisper',
        stream: true,
        n: 2,
        user: '7',
        include: ['logprobs', 'more'],
        metadata: { user_id: 'anna', team: 'red' },
        litellm_metadata: { tags: ['a'] },
        file: { filename: 'a.mp3', contentType: 'audio/mpeg', bytes: 4 },
      },
    });
  });

  it.each<[string, FormPart[]]>([
    ['user', texts(['user', 'anna'], ['user', 'bert'])],
    ['metadata', texts(['metadata', '{"user_id":"anna"}'], ['metadata[user_id]', 'bert'])],
    ['metadata', texts(['metadata[user_id]', 'anna'], ['metadata[user_id]', 'bert'])],
    ['metadata', texts(['metadata[user_id]', 'anna'], ['metadata', '{"user_id":"bert"}'])],
    ['tags', texts(['tags', 'a'], ['tags[]', 'b'])],
    ['file', [sound, sound]],
  ])('is refused where %s is said twice', (param, parts) => {
    expect(bodyOfForm({ parts })).toMatchObject({ ok: false, param });
  });

  it('keeps what it cannot read', () => {
    const parts = texts(['stream', 'yes'], ['n', 'many'], ['metadata', '{']);
    expect(bodyOfForm({ parts })).toEqual({ ok: true, body: { stream: 'yes', n: 'many', metadata: '{' } });
  });

  it('has no field that changes objects', () => {
    const read = bodyOfForm({ parts: texts(['__proto__[admin]', 'true']) });
    expect(read.ok && Object.hasOwn(read.body, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

/** That what is written can be read is tried where forms are read. */
describe('a form that is written', () => {
  it('has other fields where it is to, and all the rest as it came', () => {
    const form = {
      boundary: 'b',
      parts: [...texts(['model', 'mine'], ['tags[]', 'x'], ['user', 'anna']), sound],
    };
    const patched = patchForm(form, {
      set: { model: 'theirs', extra: { a: 1 } },
      remove: new Set(['tags']),
    });
    expect(patched.parts).toEqual([
      ...texts(['user', 'anna']),
      sound,
      ...texts(['model', 'theirs'], ['extra', '{"a":1}']),
    ]);
  });

  it('is what the standard says', () => {
    const parts: FormPart[] = [{ name: 'a"\r\nb', text: 'héllo' }, sound];
    expect(writeForm({ boundary: 'b', parts })).toEqual(
      Buffer.concat([
        Buffer.from('--b\r\nContent-Disposition: form-data; name="a%22%0D%0Ab"\r\n\r\nhéllo\r\n'),
        Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n'),
        Buffer.from('Content-Type: audio/mpeg\r\n\r\n'),
        sound.bytes,
        Buffer.from('\r\n--b--\r\n'),
      ]),
    );
  });
});
