import OpenAI, { type APIPromise } from 'openai';
import type { Stream } from 'openai/streaming';
import { LocalGateway, localAddress } from './local-gateway.js';
import { readOptions } from './read-options.js';
import type { CallOptions, RouterLogger, RouterOptions } from './router-options.js';
import { startCalls, type RunningCalls } from './start-calls.js';
import { usageTeller } from './usage-teller.js';

/** A timer takes no more; what bounds a call are the timeouts of the settings. */
const longestTimeoutMs = 2 ** 31 - 1;

const silent: RouterLogger = { info: () => undefined, warn: () => undefined };

/**
 * Sends each call to one of several deployments: to one that is below its limits, to another one when it fails, to
 * another model when all do. Serves in this process; with Redis its limits are shared with all routers that use it.
 */
export class Router implements AsyncDisposable {
  /**
   * OpenAI's client, whose chat completions, completions, responses, embeddings, moderations, images and speech are served by
   * this router; for what it has beside `create`. Other calls are answered with 404: nothing is sent to OpenAI.
   */
  readonly openai: OpenAI;
  readonly #running: Promise<RunningCalls>;
  readonly #gateway: LocalGateway;
  #closing: Promise<void> | undefined;

  /** @throws RouterOptionsError when the options are wrong, with all faults. */
  constructor(options: RouterOptions) {
    const { settings, warnings } = readOptions(options);
    const { logger = silent, instances, onUsage } = options;
    for (const warning of warnings) logger.warn({ ...warning }, 'an option of the router has a warning');
    this.#running = startCalls(settings, { instances, logger, onUsage: usageTeller(onUsage, logger) });
    // Told to those who call.
    this.#running.catch(() => undefined);
    this.#gateway = new LocalGateway(this.#running);
    this.openai = new OpenAI({
      baseURL: localAddress,
      fetch: this.#gateway.fetch,
      // Retries are the router's: it knows other deployments.
      maxRetries: 0,
      timeout: longestTimeoutMs,
      // Not sent to anybody. Without them the client would read the environment.
      apiKey: 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
    });
  }

  /**
   * Serves a chat completion; with `stream: true` its chunks as they come.
   *
   * Rejects with the errors of OpenAI's client: `APIError` with `status` and `headers` for what a provider or the
   * router refuses, `APIUserAbortError`, `APIConnectionTimeoutError`.
   */
  chatCompletion(
    params: OpenAI.ChatCompletionCreateParamsNonStreaming,
    options?: CallOptions,
  ): APIPromise<OpenAI.ChatCompletion>;
  chatCompletion(
    params: OpenAI.ChatCompletionCreateParamsStreaming,
    options?: CallOptions,
  ): APIPromise<Stream<OpenAI.ChatCompletionChunk>>;
  chatCompletion(
    params: OpenAI.ChatCompletionCreateParams,
    options?: CallOptions,
  ): APIPromise<OpenAI.ChatCompletion | Stream<OpenAI.ChatCompletionChunk>>;
  chatCompletion(
    params: OpenAI.ChatCompletionCreateParams,
    options: CallOptions = {},
  ): APIPromise<OpenAI.ChatCompletion | Stream<OpenAI.ChatCompletionChunk>> {
    return this.openai.chat.completions.create({ ...params, ...wishesOf(options) }, requestOptions(options));
  }

  /** Serves an embedding; rejects as `chatCompletion` does. */
  embedding(
    params: OpenAI.EmbeddingCreateParams,
    options: CallOptions = {},
  ): APIPromise<OpenAI.CreateEmbeddingResponse> {
    // The client would ask for base64 by itself, which not every provider knows.
    const body = { encoding_format: 'float' as const, ...params, ...wishesOf(options) };
    return this.openai.embeddings.create(body, requestOptions(options));
  }

  /**
   * Gives up the calls under way, settles what they used and closes all connections. Calls that are made later
   * reject.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#gateway.close();
    const running = await this.#running;
    await running.close();
  }

  /** The same as `close`: `await using router = new Router(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** LiteLLM's words for it, which a body may hold too; they are not sent to providers. */
function wishesOf({ allowedRegions, tags }: CallOptions): object {
  return {
    ...(allowedRegions !== undefined && { allowed_model_region: allowedRegions }),
    ...(tags !== undefined && { tags }),
  };
}

function requestOptions({ signal, headers, timeout }: CallOptions): OpenAI.RequestOptions {
  return {
    ...(signal !== undefined && { signal }),
    ...(headers !== undefined && { headers }),
    ...(timeout !== undefined && { timeout }),
  };
}
