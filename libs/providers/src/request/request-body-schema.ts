import { z } from 'zod';
import type { CallMode } from './upstream-url.js';

const model = z.string().optional();
const message = z.looseObject({ role: z.string() });
const tokens = z.array(z.number());
const text = z.union([z.string(), z.array(z.union([z.string(), z.number(), tokens])).min(1)]);

/**
 * What must be right in a body for the gateway to route it; everything else is the provider's to judge and
 * passes through as it is.
 */
export const requestBodySchemas = {
  chat: z.looseObject({ model, messages: z.array(message).min(1) }),
  completion: z.looseObject({ model, prompt: text }),
  embedding: z.looseObject({ model, input: text }),
} as const satisfies Record<CallMode, z.ZodType>;

export type RequestBody = Readonly<Record<string, unknown>> & { readonly model?: string | undefined };

export type RequestBodyCheck =
  | { readonly ok: true; readonly body: RequestBody }
  | { readonly ok: false; readonly message: string; readonly param?: string };

/** Checks a parsed body; of several faults the first is told, in OpenAI's manner with the field as `param`. */
export function checkRequestBody(mode: CallMode, body: unknown): RequestBodyCheck {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { ok: false, message: 'The request body must be a JSON object.' };
  }
  const checked = requestBodySchemas[mode].safeParse(body);
  if (checked.success) return { ok: true, body: body as RequestBody };
  const issue = checked.error.issues[0];
  const param = (issue?.path ?? []).reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : path === '' ? String(part) : `${path}.${String(part)}`,
    '',
  );
  return { ok: false, message: sentence(param, body, issue), param };
}

function sentence(param: string, body: object, issue: z.core.$ZodIssue | undefined): string {
  const isTopLevel = (issue?.path.length ?? 0) === 1;
  if (isTopLevel && !Object.hasOwn(body, param)) return `Missing required parameter: '${param}'.`;
  if (issue?.code === 'invalid_type' && issue.message.includes('undefined')) {
    return `Missing required parameter: '${param}'.`;
  }
  if (issue?.code === 'too_small')
    return `Invalid '${param}': empty array. Expected an array with at least one element.`;
  const expected = issue?.code === 'invalid_type' ? ` Expected ${issue.expected}.` : '';
  return `Invalid type for '${param}'.${expected}`;
}
