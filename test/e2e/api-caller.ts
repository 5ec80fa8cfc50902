/** An answer as a client sees it. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

export interface ApiCall {
  readonly key?: string | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const MASTER_KEY = 'sk-1234';

export type ApiCaller = (path: string, body?: unknown, call?: ApiCall) => Promise<ApiAnswer>;

/** Calls one gateway: GET without a body, POST with one; a text is sent as it is. The key is the master key unless told. */
export function apiCaller(url: string): ApiCaller {
  return async (path, body, { key = MASTER_KEY, method, headers } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: readJson(text) };
  };
}

/** The body of an ordinary chat call. */
export function chat(model: string, more: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'Hey there' }], ...more };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
