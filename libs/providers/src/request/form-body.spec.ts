import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOfForm, patchForm, writeForm, type FormBody, type FormPart } from './form-body.js';

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

describe('a form that is written', () => {
  const read = async (form: FormBody) => {
    const headers = { 'content-type': `multipart/form-data; boundary=${form.boundary}` };
    return [...(await new Response(new Uint8Array(writeForm(form)), { headers }).formData())];
  };

  it('has other fields where it is to, and all the rest', async () => {
    const form = {
      boundary: 'b',
      parts: [...texts(['model', 'mine'], ['tags[]', 'x'], ['user', 'anna']), sound],
    };
    const patched = patchForm(form, { set: { model: 'theirs', extra: { a: 1 } }, remove: new Set(['tags']) });
    const entries = await read(patched);
    expect(entries.filter(([, value]) => typeof value === 'string')).toEqual([
      ['user', 'anna'],
      ['model', 'theirs'],
      ['extra', '{"a":1}'],
    ]);
    const file = entries.find(([name]) => name === 'file')?.[1] as File;
    expect(file).toMatchObject({ name: 'a.mp3', type: 'audio/mpeg' });
    expect(Buffer.from(await file.arrayBuffer())).toEqual(sound.bytes);
  });

  it('says again what was read, whatever stands in it', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const part = fc.oneof(
      fc.record({ name: fc.string(), text }),
      fc.record({
        name: fc.string(),
        filename: fc.string({ minLength: 1 }),
        contentType: fc.constantFrom('audio/mpeg', 'image/png'),
        bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const entries = await read({ boundary: '3b7c9a60-boundary', parts });
        expect(entries).toHaveLength(parts.length);
        for (const [index, [, value]] of entries.entries()) {
          const written = parts[index];
          if (written === undefined) throw new Error('more came back than was written');
          if (typeof value === 'string') expect(value).toBe('text' in written ? written.text : undefined);
          else
            expect(Buffer.from(await value.arrayBuffer())).toEqual(
              'bytes' in written ? written.bytes : undefined,
            );
        }
      }),
    );
  });
});
