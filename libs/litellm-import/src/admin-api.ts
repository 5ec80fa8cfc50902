import { z } from 'zod';
import { ImportFailure } from './import-failure.js';

/** Where Signalbox's admin API answers, and the key that may use it. */
export interface AdminApiOptions {
  readonly url: string;
  readonly masterKey: string;
}

/** What the API did not take, and why. */
export interface Refusal {
  readonly message: string;
  /** The field that was refused; null when it is none in particular. */
  readonly param: string | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Named as the one who did it in the audit log. */
const CHANGED_BY = 'import:litellm';
const refusalSchema = z.object({ error: z.object({ message: z.string(), param: z.string().nullable() }) });

/** The admin API of a running Signalbox. */
export class AdminApi {
  constructor(private readonly options: AdminApiOptions) {}

  /** @throws ImportFailure */
  async read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const response = await this.ask(path);
    if (!response.ok) throw await this.failureOf(response);
    const read = schema.safeParse(await response.json());
    if (read.success) return read.data;
    throw new ImportFailure(`${this.options.url} answers ${path} in a way that Signalbox does not.`);
  }

  /**
   * Undefined when it was taken; else why not.
   * @throws ImportFailure when the API cannot be asked
   */
  async send(path: string, body: JsonObject): Promise<Refusal | undefined> {
    const response = await this.ask(path, body);
    const text = await response.text();
    if (response.ok) return undefined;
    const refused = refusalSchema.safeParse(readJson(text));
    if (![400, 404, 422].includes(response.status) || !refused.success) {
      throw await this.failureOf(new Response(text, response));
    }
    return refused.data.error;
  }

  private async ask(path: string, body?: JsonObject): Promise<Response> {
    const { url, masterKey } = this.options;
    try {
      return await fetch(new URL(path, url), {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${masterKey}`,
          'litellm-changed-by': CHANGED_BY,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const { cause } = error instanceof Error ? error : {};
      const detail = cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
      throw new ImportFailure(
        `Signalbox cannot be reached at ${url} (${detail}): start it, or say in --to where it is.`,
        { cause: error },
      );
    }
  }

  private async failureOf(response: Response): Promise<ImportFailure> {
    const { status } = response;
    const { url } = this.options;
    if (status === 401 || status === 403) {
      return new ImportFailure(`Signalbox at ${url} does not take that master key: pass --master-key.`);
    }
    const refused = refusalSchema.safeParse(readJson(await response.text()));
    const detail = refused.success ? `: ${refused.data.error.message}` : '';
    const place = status === 404 ? `there is no admin API at ${url}` : `Signalbox at ${url} failed`;
    return new ImportFailure(`${place} (${status}${detail}). What was copied stays; run it again.`);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
