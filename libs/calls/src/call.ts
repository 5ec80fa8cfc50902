import type { Caller, LimitScope, Residency, CallMode } from '@signalbox/contracts';
import type { FormBody, RequestBody } from '@signalbox/providers';
import type { AskedFallbacks } from '@signalbox/routing';
import type { MockFailure } from './mock-testing.js';

/** One call as it was understood: everything later steps need, read once. */
export interface Call {
  readonly requestId: string;
  /** Of the record that is kept of it; undefined: none is. */
  readonly decisionId?: string | undefined;
  readonly mode: CallMode;
  /** The model name as the client sent it, or the end user's default; that of a fallback later on. */
  readonly model: string;
  /** The client's bytes, forwarded with as few changes as possible; undefined when a fallback changed the body. */
  readonly bytes: Buffer | undefined;
  /** The same, parsed. */
  readonly body: RequestBody;
  /** The parts of a body that is a form. */
  readonly form?: FormBody | undefined;
  /** Who a key stands for; undefined for the master key and for calls that need none. */
  readonly caller: Caller | undefined;
  readonly endUserId: string | undefined;
  /** Whose limits must hold besides those of deployments; undefined: nobody's. */
  readonly limitScopes: readonly LimitScope[] | undefined;
  /** All must hold for the deployment that serves it. */
  readonly residency: readonly Residency[];
  readonly tags: readonly string[];
  /** The same by who set them, where both the caller and its key or team did. */
  readonly tagGroups?: readonly (readonly string[])[] | undefined;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Attempts beyond the first at one model, as the client asks for. */
  readonly askedRetries: number | undefined;
  /** False: neither the client nor its key wants any. */
  readonly mayFallBack: boolean;
  /** Fallbacks the client wrote into its body. */
  readonly askedFallbacks: AskedFallbacks | undefined;
  /** A failure the client ordered, to see what follows. */
  readonly mock: MockFailure | undefined;
  /** Asked for by the client, milliseconds; may only shorten. */
  readonly timeoutMs: number | undefined;
  readonly streamTimeoutMs: number | undefined;
  /** `performance.now()` when the call arrived. */
  readonly arrivedAt: number;
}
