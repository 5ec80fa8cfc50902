import { FaultError } from '@signalbox/contracts';
import { writeForm, type FormPart } from '@signalbox/providers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForm } from './read-form.js';

const boundary = 'between-the-parts';
const contentType = `multipart/form-data; boundary=${boundary}`;
const read = (parts: FormPart[]) => readForm(writeForm({ boundary, parts }), contentType);
const many = (count: number): FormPart[] =>
  Array.from({ length: count }, (_, index) => ({ name: `field${index}`, text: '' }));

describe('a form that came', () => {
  it('is understood as its parts, in their order, whatever stands in them', async () => {
    const name = fc.stringMatching(/^[a-z]{1,8}(\[[a-z]?\])?$/);
    const part = fc.oneof(
      fc.record({ name, text: fc.string({ unit: 'grapheme' }) }),
      fc.record({
        name,
        filename: fc.stringMatching(/^[a-z]{1,8}\.mp3$/),
        contentType: fc.constantFrom('audio/mpeg', 'application/octet-stream'),
        bytes: fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(part, { selector: ({ name }) => name.replace(/\[.*/, '') }),
        async (parts) => {
          const { form } = await read(parts);
          expect(form.parts).toEqual(parts);
        },
      ),
    );
  });

  it('is written anew under a boundary that its author did not know', async () => {
    const forms = await Promise.all([read([]), read([])]);
    const boundaries = new Set([boundary, ...forms.map(({ form }) => form.boundary)]);
    expect(boundaries.size).toBe(3);
  });

  it('takes text in a long field, and a thousand fields', async () => {
    const text = 'x'.repeat(3_000_000);
    expect((await read([{ name: 'prompt', text }])).body['prompt']).toBe(text);
    expect(Object.keys((await read(many(1_000))).body)).toHaveLength(1_000);
  });
});

describe('a form is refused', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['more than 1000 parts', () => read(many(1_001))],
    ['several times', () => read([...many(1), ...many(1)])],
    ['not a valid multipart form', () => readForm(Buffer.from('nothing of the kind'), contentType)],
    ['not a valid multipart form', () => readForm(Buffer.from(`--${boundary}\r\nContent-Dis`), contentType)],
    ['not a valid multipart form', () => readForm(Buffer.alloc(0), 'multipart/form-data')],
  ])('that is %s', async (reason, reading) => {
    const refusal: unknown = await reading().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FaultError);
    expect((refusal as FaultError).fault).toMatchObject({ code: 'invalid_request' });
    expect((refusal as FaultError).message).toContain(reason);
  });
});
