import { randomUUID } from 'node:crypto';
import { fault, FaultError } from '@signalbox/contracts';
import { bodyOfForm, type FormBody, type FormPart, type RequestBody } from '@signalbox/providers';

/** No form of a model call has nearly as many, and each costs. */
const mostParts = 1_000;

export interface ReadForm {
  readonly form: FormBody;
  /** What the form says, as a JSON body would. */
  readonly body: RequestBody;
}

/**
 * Reads a `multipart/form-data` body. It is written anew for the provider, which so gets exactly what was understood here.
 * @throws FaultError `invalid_request`
 */
export async function readForm(bytes: Buffer, contentType: string): Promise<ReadForm> {
  if (hasTooManyParts(bytes, contentType)) throw invalid(`The form has more than ${mostParts} parts.`);
  const parts: FormPart[] = [];
  for (const [name, value] of await parse(bytes, contentType)) parts.push(await partOf(name, value));
  const read = bodyOfForm({ parts });
  if (!read.ok) throw invalid(read.message, read.param);
  // The boundary of the client is known to whoever filled the form in.
  return { form: { boundary: randomUUID(), parts }, body: read.body };
}

async function parse(bytes: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    throw new FaultError(fault('invalid_request', 'The request body is not a valid multipart form.'), {
      cause,
    });
  }
}

async function partOf(name: string, value: string | File): Promise<FormPart> {
  if (typeof value === 'string') return { name, text: value };
  const bytes = Buffer.from(await value.arrayBuffer());
  return { name, filename: value.name, contentType: value.type, bytes };
}

function hasTooManyParts(bytes: Buffer, contentType: string): boolean {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return false;
  const separator = Buffer.from(`--${boundary}`);
  let count = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + separator.length)) {
    count += 1;
    // One more stands at the end.
    if (count > mostParts + 1) return true;
  }
  return false;
}

function invalid(message: string, param?: string): FaultError {
  return new FaultError(fault('invalid_request', message, param === undefined ? {} : { param }));
}
