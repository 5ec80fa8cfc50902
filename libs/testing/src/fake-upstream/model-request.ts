import { z } from 'zod';
import type { RecordedRequest } from './fake-site.js';
import { isFormType, type RecordedFile, type RecordedForm } from './recorded-form.js';

const contentSchema = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);
const messageSchema = z.looseObject({ content: contentSchema.nullish() });
/** A part of `input`: a text beside pictures, or a message. */
const partSchema = z.union([
  z.looseObject({ text: z.string() }).transform(({ text }) => text),
  z.looseObject({ content: contentSchema }).transform(({ content }) => textOf(content)),
]);

/** Of a request body only what shapes the answer; everything else may be there too. */
const jsonSchema = z.looseObject({
  model: z.string().optional(),
  messages: z.array(messageSchema).optional(),
  prompt: z.union([z.string(), z.array(z.unknown())]).optional(),
  input: z.union([z.string(), z.array(z.unknown())]).optional(),
  instructions: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  n: z.int().nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  max_output_tokens: z.int().nullish(),
  encoding_format: z.string().optional(),
  dimensions: z.int().optional(),
  partial_images: z.int().nullish(),
  response_format: z.unknown().optional(),
  stream: z.boolean().nullish(),
  stream_format: z.string().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});

/** The same written in a form, where everything is text. */
const formSchema = z.object({
  model: z.string().optional(),
  prompt: z.string().optional(),
  n: z.coerce.number().int().optional(),
  partial_images: z.coerce.number().int().optional(),
  response_format: z.string().optional(),
  stream: z.stringbool().optional(),
});

export type ModelRequest = z.infer<typeof jsonSchema> & { files: readonly RecordedFile[] };

/** What a recorded call asks of the model; undefined: nothing that can be understood. */
export function readModelRequest(recorded: RecordedRequest, takesForm: boolean): ModelRequest | undefined {
  if (isFormType(recorded.headers['content-type']) !== takesForm) return undefined;
  if (!takesForm) {
    const read = jsonSchema.safeParse(recorded.body ?? {});
    return read.success ? { ...read.data, files: [] } : undefined;
  }
  const { fields, files } = recorded.body as RecordedForm;
  const read = formSchema.safeParse(fields);
  return read.success ? { ...read.data, files: Object.values(files).flat() } : undefined;
}

/** Everything a model reads. */
export function promptTexts(request: ModelRequest): string[] {
  if (request.messages !== undefined) return request.messages.map((message) => textOf(message.content));
  const source = request.prompt ?? request.input ?? '';
  const texts = (Array.isArray(source) ? source : [source]).map(textOfInput);
  return typeof request.instructions === 'string' ? [request.instructions, ...texts] : texts;
}

/** Every word with the space before it, so that joining them gives the text back. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}

function textOfInput(input: unknown): string {
  if (typeof input === 'string') return input;
  const part = partSchema.safeParse(input);
  return part.success ? part.data : JSON.stringify(input);
}

function textOf(content: z.infer<typeof contentSchema> | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join(' ');
}
