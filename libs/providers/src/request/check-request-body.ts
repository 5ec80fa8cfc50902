import type { CallMode } from '@signalbox/contracts';

export type RequestBody = Readonly<Record<string, unknown>> & { readonly model?: string | undefined };

export type RequestBodyCheck =
  | { readonly ok: true; readonly body: RequestBody }
  | { readonly ok: false; readonly message: string; readonly param?: string };

interface Problem {
  readonly message: string;
  readonly param: string;
}

type Members = Readonly<Record<string, unknown>>;
type Check = (value: unknown, param: string) => Problem | undefined;

interface PromptMember {
  readonly param: string;
  readonly check: Check;
  /** What may stand for it: the provider knows the rest. */
  readonly orElse?: readonly string[];
}

/** The member without which there is nothing to do. */
const prompts: Readonly<Record<CallMode, PromptMember>> = {
  chat: { param: 'messages', check: messagesProblem },
  completion: { param: 'prompt', check: textProblem },
  responses: {
    param: 'input',
    check: itemsProblem,
    orElse: ['prompt', 'previous_response_id', 'conversation'],
  },
  embedding: { param: 'input', check: textProblem },
  moderation: { param: 'input', check: itemsProblem },
  image_generation: { param: 'prompt', check: stringProblem },
  image_edit: { param: 'prompt', check: stringProblem },
  audio_speech: { param: 'input', check: stringProblem },
  audio_transcription: { param: 'file', check: fileProblem },
  audio_translation: { param: 'file', check: fileProblem },
};

/**
 * Checks what must be right in a parsed body for the gateway to route it; everything else is the provider's to judge and
 * passes through as it is. The first fault is told, in OpenAI's manner with the field as `param`.
 *
 * Written by hand: a schema looks at all of a list, notes every fault in it and copies the rest, which for a body of
 * some megabytes stops the process for seconds.
 */
export function checkRequestBody(mode: CallMode, body: unknown): RequestBodyCheck {
  if (!isObject(body)) return { ok: false, message: 'The request body must be a JSON object.' };
  const { param, orElse = [] } = prompts[mode];
  const isThere = [param, ...orElse].some((name) => Object.hasOwn(body, name));
  const problem = problemOf(mode, body) ?? (isThere ? undefined : missing(param));
  return problem === undefined ? { ok: true, body } : { ok: false, ...problem };
}

/** Checks members that are to replace those of a body that is right: only what stands there. */
export function checkRequestChanges(mode: CallMode, changes: Members): RequestBodyCheck {
  const problem = problemOf(mode, changes);
  return problem === undefined ? { ok: true, body: changes } : { ok: false, ...problem };
}

function problemOf(mode: CallMode, members: Members): Problem | undefined {
  const { model } = members;
  if (model !== undefined && typeof model !== 'string') return wrongType('model', 'string');
  const { param, check } = prompts[mode];
  return Object.hasOwn(members, param) ? check(members[param], param) : undefined;
}

function messagesProblem(messages: unknown, param: string): Problem | undefined {
  if (!Array.isArray(messages)) return wrongType(param, 'array');
  if (messages.length === 0) {
    const message = `Invalid '${param}': empty array. Expected an array with at least one element.`;
    return { message, param };
  }
  for (const [index, message] of (messages as unknown[]).entries()) {
    if (!isObject(message)) return wrongType(`${param}[${index}]`, 'object');
    if (typeof message['role'] === 'string') continue;
    const role = `${param}[${index}].role`;
    return Object.hasOwn(message, 'role') ? wrongType(role, 'string') : missing(role);
  }
  return undefined;
}

/** A text, several texts, the numbers of tokens, or several lists of those. */
function textProblem(text: unknown, param: string): Problem | undefined {
  if (typeof text === 'string') return undefined;
  const isRight = Array.isArray(text) && text.length > 0 && (text as unknown[]).every(isTextOrTokens);
  return isRight ? undefined : wrongType(param);
}

/** A text, or several texts or items: messages, results of tools, images. */
function itemsProblem(items: unknown, param: string): Problem | undefined {
  if (typeof items === 'string') return undefined;
  const isRight =
    Array.isArray(items) &&
    items.length > 0 &&
    (items as unknown[]).every((item) => typeof item === 'string' || isObject(item));
  return isRight ? undefined : wrongType(param);
}

function stringProblem(text: unknown, param: string): Problem | undefined {
  return typeof text === 'string' ? undefined : wrongType(param, 'string');
}

/** What a form says of a file. */
function fileProblem(file: unknown, param: string): Problem | undefined {
  return isObject(file) ? undefined : wrongType(param, 'file');
}

function isTextOrTokens(item: unknown): boolean {
  return typeof item === 'string' || isToken(item) || (Array.isArray(item) && item.every(isToken));
}

/** JSON may say `1e999`. */
function isToken(value: unknown): boolean {
  return Number.isFinite(value);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(param: string): Problem {
  return { message: `Missing required parameter: '${param}'.`, param };
}

function wrongType(param: string, expected?: string): Problem {
  const more = expected === undefined ? '' : ` Expected ${expected}.`;
  return { message: `Invalid type for '${param}'.${more}`, param };
}
