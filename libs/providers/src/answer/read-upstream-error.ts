import { maskSecrets } from './mask-secrets.js';

/** What a provider said went wrong, safe to log and to pass on. */
export interface UpstreamError {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
  /**
   * What matters to routing: `context_length` and `content_filter` will fail at the same model again,
   * `quota` means that the account, not the moment, is the matter.
   */
  readonly kind: 'context_length' | 'content_filter' | 'rate_limit' | 'quota' | 'authentication' | 'other';
}

const MAX_MESSAGE_CHARACTERS = 600;
const MAX_READ_BYTES = 64 * 1024;
/** Of a page only its beginning is looked at. */
const MAX_PAGE_CHARACTERS = 4_000;

/**
 * Reads a failed answer in the envelopes providers use: OpenAI's and Azure's `{"error": {...}}`, FastAPI's
 * `{"detail": ...}`, `{"message": ...}`, plain text and HTML. Never throws. The message is bounded and
 * keys in it are masked.
 * @param status HTTP status of the answer.
 * @param bytes the body; only its first 64 KiB are read.
 * @param secrets what must not be shown whatever it looks like: a key need not look like one.
 */
export function readUpstreamError(
  status: number,
  bytes: Buffer,
  secrets: readonly string[] = [],
): UpstreamError {
  const text = without(secrets, bytes.toString('utf8', 0, Math.min(bytes.length, MAX_READ_BYTES)));
  const found = fromJson(text) ?? { message: plainText(text) };
  const told = clean(found.message);
  const message = told === '' ? `The provider answered ${status} without a message.` : told;
  const type = clip(found.type);
  const code = clip(found.code);
  return { message, type, code, param: clip(found.param), kind: kindOf(status, message, type, code) };
}

/** A shorter secret hides nothing and would blot out ordinary words. */
const FEWEST_SECRET_CHARACTERS = 6;

function without(secrets: readonly string[], text: string): string {
  return secrets
    .filter((secret) => secret.length >= FEWEST_SECRET_CHARACTERS)
    .reduce((masked, secret) => masked.replaceAll(secret, '[masked]'), text);
}

interface Found {
  readonly message: string;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly param?: unknown;
}

function fromJson(text: string): Found | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const body = record(Array.isArray(value) ? value[0] : value);
  if (body === undefined) return typeof value === 'string' ? { message: value } : undefined;
  const error = record(body['error']);
  if (error === undefined) {
    return {
      message: sentence(body['error'] ?? body['message'] ?? body['detail'] ?? body),
      type: body['type'],
      code: body['code'],
    };
  }
  const inner = record(error['innererror'] ?? error['inner_error']);
  const code = inner?.['code'] === 'ResponsibleAIPolicyViolation' ? 'content_filter' : error['code'];
  return {
    message: sentence(error['message'] ?? ''),
    type: error['type'] ?? error['status'],
    code: code ?? error['code'],
    param: error['param'],
  };
}

function kindOf(
  status: number,
  message: string,
  type: string | null,
  code: string | null,
): UpstreamError['kind'] {
  const text = `${code ?? ''} ${type ?? ''} ${message}`.toLowerCase();
  if (
    /context_length_exceeded|maximum context length|context window|prompt is too long|too many tokens|reduce the length/.test(
      text,
    )
  ) {
    return 'context_length';
  }
  if (
    /content_filter|content_policy|responsibleaipolicyviolation|content management policy|safety system/.test(
      text,
    )
  ) {
    return 'content_filter';
  }
  if (/insufficient_quota|credit balance|exceeded your current quota|billing/.test(text)) return 'quota';
  if (status === 429) return 'rate_limit';
  return status === 401 || status === 403 ? 'authentication' : 'other';
}

function plainText(text: string): string {
  if (!/^\s*</.test(text)) return text;
  const page = text.slice(0, MAX_PAGE_CHARACTERS);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1];
  return title ?? page.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ').replaceAll(/<[^>]*>/g, ' ');
}

function sentence(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function clean(message: string): string {
  const oneLine = maskSecrets(message)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return oneLine.length > MAX_MESSAGE_CHARACTERS
    ? `${oneLine.slice(0, MAX_MESSAGE_CHARACTERS - 3)}...`
    : oneLine;
}

function clip(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? maskSecrets(value.slice(0, 100)) : null;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
