import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchBody } from './patch-body.js';
import { scanMembers } from './scan-members.js';

function patched(text: string, set: Record<string, unknown>, remove: string[] = []): string {
  const body = JSON.parse(text) as Record<string, unknown>;
  return patchBody(Buffer.from(text), body, { set, remove: new Set(remove) }).toString();
}

describe('patchBody', () => {
  it('replaces a value where it stands and leaves the rest as it was typed', () => {
    const text =
      '{ "temperature" : 1.0,\n"model" :  "gpt-4" , "messages":[ {"role":"user", "content":"{\\"model\\":\\"x\\"}"} ] }';
    expect(patched(text, { model: 'deployment-7' })).toBe(
      '{ "temperature" : 1.0,\n"model" :  "deployment-7" , "messages":[ {"role":"user", "content":"{\\"model\\":\\"x\\"}"} ]}',
    );
  });

  it('adds what is not there, also to an empty object', () => {
    expect(patched('{"a":1}', { model: 'm' })).toBe('{"a":1,"model":"m"}');
    expect(patched(' {} ', { model: 'm' })).toBe('{"model":"m"}');
  });

  it('removes members, first, last and all', () => {
    expect(patched('{"tags":["x"],"a":1,"b":{"tags":2},"timeout":5}', {}, ['tags', 'timeout'])).toBe(
      '{"a":1,"b":{"tags":2}}',
    );
    expect(patched('{"tags":[]}', {}, ['tags'])).toBe('{}');
  });

  it('returns the very bytes when there is nothing to change', () => {
    const bytes = Buffer.from('{"model":"m"}');
    expect(patchBody(bytes, { model: 'm' }, { set: {}, remove: new Set(['tags']) })).toBe(bytes);
  });

  it('serialises anew what is unusual, with the same meaning', () => {
    expect(patched('{"model":"a","model":"b","n":1}', { model: 'm' })).toBe('{"model":"m","n":1}');
    expect(patched('{"mod\\u0065l":"a"}', { model: 'm' })).toBe('{"model":"m"}');
    expect(patched('{"tags":1,"tags":2,"n":1}', {}, ['tags'])).toBe('{"n":1}');
  });

  it('keeps bytes that a decoder and encoder would change', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"model":"a","big":12345678901234567890,"raw":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const result = patchBody(bytes, body, { set: { model: 'm' }, remove: new Set() });
    expect(result.toString('latin1')).toBe('{"model":"m","big":12345678901234567890,"raw":"\xff\xfe"}');
  });

  it('means the same as parsing, changing and serialising, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.dictionary(keys, fc.jsonValue()),
        fc.dictionary(keys, fc.jsonValue()),
        fc.array(keys),
        fc.integer({ min: 0, max: 3 }),
        (body, set, remove, indent) => {
          const text = JSON.stringify(body, null, indent);
          const kept = Object.entries(body).filter(([key]) => !remove.includes(key));
          const wanted: unknown = JSON.parse(
            JSON.stringify(Object.fromEntries([...kept, ...Object.entries(set)])),
          );
          const result: unknown = JSON.parse(patched(text, set, remove));
          expect(result).toEqual(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves the bytes of every untouched member identical', () => {
    fc.assert(
      fc.property(
        fc.dictionary(keys, fc.jsonValue(), { minKeys: 1 }),
        fc.integer({ min: 0, max: 3 }),
        (body, indent) => {
          const text = JSON.stringify({ ...body, model: 'before' }, null, indent);
          const bytes = Buffer.from(text);
          const result = patched(text, { model: 'after' });
          for (const member of scanMembers(bytes) ?? []) {
            if (member.key !== 'model')
              expect(result).toContain(bytes.toString('utf8', member.start, member.end));
          }
        },
      ),
    );
  });
});

describe('scanMembers', () => {
  it('finds what JSON.parse finds, or nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 0, max: 3 }),
        (body, indent) => {
          const bytes = Buffer.from(JSON.stringify(body, null, indent));
          const members = scanMembers(bytes);
          if (members === undefined) return;
          expect(members.map(({ key }) => key)).toEqual(Object.keys(body));
          for (const { key, valueStart, end } of members) {
            const value: unknown = JSON.parse(bytes.toString('utf8', valueStart, end));
            expect(JSON.stringify(value)).toBe(JSON.stringify(body[key]));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    '',
    '[]',
    '"x"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":"',
    '{"a":[1}',
    '{"a":1,}',
    '{"a":1}x',
    '{a:1}',
    '{"a":"\\"}',
  ])('understands nothing of %s', (text) => {
    expect(scanMembers(Buffer.from(text))).toBeUndefined();
  });

  it('never throws and never reads past the end, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        scanMembers(Buffer.concat([Buffer.from('{"a":'), noise]));
      }),
    );
  });
});

const keys = fc.oneof(
  fc.constantFrom('model', 'messages', 'stream', 'tags', 'stream_options', 'temperature', '__proto__x'),
  fc.string().filter((key) => key !== '__proto__'),
);
