import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a site of the pretended provider received it. */
export interface ProviderCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The gateway closed the connection before the answer was complete. */
  aborted: boolean;
}

export type ProviderAnswer = (response: ServerResponse, body: string, request: IncomingMessage) => unknown;

/** A provider on a loopback port; the first part of the path is the site, each site answers as told. */
export class FakeProvider {
  private readonly answers = new Map<string, ProviderAnswer>();
  private readonly received = new Map<string, ProviderCall[]>();
  private readonly server = createServer((request, response) => {
    void this.handle(request, response);
  });

  static async start(): Promise<FakeProvider> {
    const provider = new FakeProvider();
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  apiBase(site: string): string {
    return `${this.siteUrl(site)}/v1`;
  }

  siteUrl(site: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${site}`;
  }

  /** How a site answers from now on. */
  on(site: string, answer: ProviderAnswer): void {
    this.answers.set(site, answer);
  }

  calls(site: string): ProviderCall[] {
    return this.received.get(site) ?? [];
  }

  openConnections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }

  reset(): void {
    this.answers.clear();
    this.received.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const site = request.url?.split('/')[1] ?? '';
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks).toString();
    const { method = '', url = '', headers } = request;
    const call: ProviderCall = { method, path: url, headers, body, aborted: false };
    this.received.set(site, [...this.calls(site), call]);
    response.on('close', () => {
      call.aborted ||= !response.writableFinished;
    });
    const answer = this.answers.get(site) ?? greet;
    await answer(response, body, request);
  }
}

/** Answers JSON. */
export function answersJson(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): ProviderAnswer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers a server-sent event per text, then `[DONE]`. */
export function answersStream(events: readonly string[]): ProviderAnswer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`data: ${event}\n\n`);
    response.end('data: [DONE]\n\n');
  };
}

/** One event of a streamed chat. */
export function chatEvent(content: string): string {
  return JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'upstream-model',
    choices: [{ index: 0, delta: { content } }],
  });
}

/** The last event of a stream whose usage was asked for. */
export const usageEvent = JSON.stringify({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'upstream-model',
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});

/** A whole chat answer. */
export function chatAnswer(content = 'Hello'): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'upstream-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
  };
}

const greet = answersJson(chatAnswer());
