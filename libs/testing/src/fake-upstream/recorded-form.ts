import { createHash } from 'node:crypto';

/** A body that was a form (`multipart/form-data`), taken apart. What stands in it several times is a list. */
export interface RecordedForm {
  fields: Record<string, string | string[]>;
  files: Record<string, RecordedFile | RecordedFile[]>;
}

export interface RecordedFile {
  filename: string;
  type: string;
  /** The length. */
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export function isFormType(contentType: string | undefined): contentType is string {
  return contentType?.startsWith('multipart/form-data') === true;
}

/** Node's own reader of forms. Its types warn servers of it, since it holds everything in memory; so do we all requests. */
interface FormSource {
  formData(): Promise<FormData>;
}

/** Takes a form apart; undefined: it is none, whatever its content type says. */
export async function readForm(
  bytes: Buffer<ArrayBuffer>,
  contentType: string,
): Promise<RecordedForm | undefined> {
  const form: RecordedForm = { fields: {}, files: {} };
  try {
    const body: FormSource = new Response(bytes, { headers: { 'content-type': contentType } });
    for (const [name, value] of await body.formData()) {
      if (typeof value === 'string') add(form.fields, name, value);
      else add(form.files, name, await describe(value));
    }
    return form;
  } catch {
    return undefined;
  }
}

async function describe(file: File): Promise<RecordedFile> {
  const content = Buffer.from(await file.arrayBuffer());
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { filename: file.name, type: file.type, bytes: content.length, sha256 };
}

function add<Value>(holder: Record<string, Value | Value[]>, name: string, value: Value): void {
  const known = holder[name];
  holder[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
}
