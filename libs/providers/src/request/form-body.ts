import type { RequestBodyCheck } from './check-request-body.js';
import type { BodyPatch } from './patch-body.js';

/** A body that is a form (`multipart/form-data`), with what stands in it in the order it came. */
export interface FormBody {
  /** Stands between the parts and nowhere in them: nobody who fills the form in may be able to foresee it. */
  readonly boundary: string;
  readonly parts: readonly FormPart[];
}

export type FormPart =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly filename: string;
      readonly contentType: string;
      readonly bytes: Buffer;
    };

type Members = Record<string, unknown>;

/** Fields that are no text for the gateway; a form knows nothing else. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  disable_fallbacks: asBoolean,
  stream: asBoolean,
  n: asNumber,
  num_retries: asNumber,
  stream_timeout: asNumber,
  timeout: asNumber,
  metadata: asJson,
  litellm_metadata: asJson,
};

/**
 * What a form says, as a JSON body would: `name[]` makes lists and `name[key]` objects, of files only name, type and length
 * are told. A field that says two things is refused: the gateway must not go by one and the provider by the other.
 */
export function bodyOfForm({ parts }: Pick<FormBody, 'parts'>): RequestBodyCheck {
  const body = new Map<string, unknown>();
  for (const part of parts) {
    const value = 'text' in part ? part.text : describe(part);
    const [, name = '', key] = /^([^[]*)(?:\[([^\]]*)\].*)?$/s.exec(part.name) ?? [];
    if (key === undefined) {
      if (body.has(name)) return severalTimes(name);
      body.set(name, typeof value === 'string' ? (readers[name] ?? String)(value) : value);
    } else {
      const added = key === '' ? withItem(body.get(name), value) : withMember(body.get(name), key, value);
      if (added === undefined) return severalTimes(name);
      body.set(name, added);
    }
  }
  return { ok: true, body: Object.fromEntries(body) };
}

/** The same form with other fields; files stay as they came. */
export function patchForm({ boundary, parts }: FormBody, { set, remove }: BodyPatch): FormBody {
  const kept = parts.filter(({ name }) => {
    const field = name.replace(/\[.*$/s, '');
    return !remove.has(field) && !Object.hasOwn(set, field);
  });
  const added = Object.entries(set).map(([name, value]) => ({
    name,
    text: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return { boundary, parts: [...kept, ...added] };
}

export function writeForm({ boundary, parts }: FormBody): Buffer {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`),
    'text' in part ? Buffer.from(part.text) : part.bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

function headOf(part: FormPart): string {
  const disposition = `Content-Disposition: form-data; name="${quoted(part.name)}"`;
  if ('text' in part) return disposition;
  const type = part.contentType === '' ? 'application/octet-stream' : part.contentType;
  return `${disposition}; filename="${quoted(part.filename)}"\r\nContent-Type: ${type}`;
}

/** As browsers write it: https://html.spec.whatwg.org/#multipart-form-data. */
function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

function describe({ filename, contentType, bytes }: Extract<FormPart, { bytes: Buffer }>): object {
  return { filename, contentType, bytes: bytes.length };
}

function withItem(list: unknown, item: unknown): unknown[] | undefined {
  if (list === undefined) return [item];
  return Array.isArray(list) ? [...(list as unknown[]), item] : undefined;
}

function withMember(holder: unknown, key: string, value: unknown): Members | undefined {
  if (holder === undefined) return Object.fromEntries([[key, value]]);
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined;
  return Object.hasOwn(holder, key)
    ? undefined
    : Object.fromEntries([...Object.entries(holder), [key, value]]);
}

function severalTimes(param: string): RequestBodyCheck {
  return {
    ok: false,
    message: `The field '${param.slice(0, 200)}' stands in the form several times.`,
    param,
  };
}

/** What cannot be read stays as it is, and is refused where it matters. */
function asBoolean(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}

function asNumber(text: string): unknown {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
