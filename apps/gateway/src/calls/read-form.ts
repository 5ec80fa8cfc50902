import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
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
  const parts = await readParts(bytes, contentType);
  const read = bodyOfForm({ parts });
  if (!read.ok) throw invalid(read.message, read.param);
  // The boundary of the client is known to whoever filled the form in.
  return { form: { boundary: randomUUID(), parts }, body: read.body };
}

async function readParts(bytes: Buffer, contentType: string): Promise<FormPart[]> {
  try {
    return await new Promise((resolve, reject) => {
      // A file is known when its last piece has come, and keeps its place.
      const parts: (() => FormPart)[] = [];
      const parser = parserOf(bytes, contentType);
      parser.on('field', (name: string, text: string) => {
        parts.push(() => ({ name, text }));
      });
      parser.on('file', (name: string, file: Readable, filename: string, _: string, contentType: string) => {
        const chunks: Buffer[] = [];
        parts.push(() => ({ name, filename, contentType, bytes: Buffer.concat(chunks) }));
        file.on('data', (chunk: Buffer) => chunks.push(chunk));
      });
      parser.on('partsLimit', () => {
        reject(invalid(`The form has more than ${mostParts} parts.`));
      });
      parser.on('error', reject);
      parser.on('finish', () => {
        resolve(parts.map((part) => part()));
      });
      parser.end(bytes);
    });
  } catch (cause) {
    if (cause instanceof FaultError) throw cause;
    throw new FaultError(fault('invalid_request', 'The request body is not a valid multipart form.'), {
      cause,
    });
  }
}

function parserOf(bytes: Buffer, contentType: string): BusboyInstance {
  return new Busboy({
    headers: { 'content-type': contentType },
    // As the standard has it, and not by the type of a part.
    isPartAFile: (_name, _type, filename) => filename !== undefined,
    limits: { parts: mostParts, fieldSize: bytes.length },
  });
}

function invalid(message: string, param?: string): FaultError {
  return new FaultError(fault('invalid_request', message, param === undefined ? {} : { param }));
}
