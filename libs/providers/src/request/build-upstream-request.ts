import { fault, FaultError, type CallMode, type Upstream } from '@signalbox/contracts';
import { isControlField, isDeploymentsChoice } from './control-fields.js';
import { patchForm, writeForm, type FormBody } from './form-body.js';
import { modeTraits } from './mode-traits.js';
import { patchBody } from './patch-body.js';
import { DEFAULT_AZURE_API_VERSION, upstreamUrl } from './upstream-url.js';

/** One call as the client made it and where it goes. */
export interface UpstreamCall {
  readonly upstream: Upstream;
  readonly mode: CallMode;
  /** The client's bytes; absent when the gateway changed the body (a fallback's own messages). */
  readonly bytes?: Buffer | undefined;
  /** The client's body, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The same as it came, if it is a form. */
  readonly form?: FormBody | undefined;
  /** What replaces `*` in the upstream model of a wildcard deployment. */
  readonly wildcardTail?: string | undefined;
}

/** An HTTP request, ready to be sent. Holds the provider's key: never log it. */
export interface UpstreamRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The answer comes bit by bit. */
  readonly streamed: boolean;
  /** We asked for the usage of a stream and the client did not: the usage event must not reach it. */
  readonly hideUsage: boolean;
}

/**
 * Builds the provider's request: its address, its way of saying the key, and the client's body with only
 * these top-level members changed: `model` becomes the provider's name, `stream_options.include_usage` is
 * asked for in streams, the deployment's own extra parameters are added where the client set none (those that say where to
 * serve a call always), and fields that speak to the gateway are left out.
 * @throws FaultError `invalid_request` for a body that cannot be written again.
 */
export function buildUpstreamRequest(call: UpstreamCall): UpstreamRequest {
  const { upstream, mode, body } = call;
  const model = upstreamModel(upstream, call.wildcardTail);
  const { comes, asksForUsage } = modeTraits[mode];
  const streamed = comes === 'pieces' || (comes === 'events' && body['stream'] === true);
  const usageOptions =
    streamed && asksForUsage ? streamOptionsWithUsage(upstream, body['stream_options']) : undefined;
  const set: Record<string, unknown> = {};
  if (body['model'] !== model) set['model'] = model;
  for (const [key, value] of Object.entries(upstream.extraBody))
    if (isDeploymentsChoice(key, call)) set[key] = value;
  if (usageOptions !== undefined) set['stream_options'] = usageOptions;
  const remove = new Set(Object.keys(body).filter((key) => isControlField(key, call)));
  return {
    method: 'POST',
    url: upstreamUrl(upstream, mode, model),
    headers: upstreamHeaders(call, streamed),
    body: bodyOf(call, set, remove),
    streamed,
    hideUsage: usageOptions !== undefined,
  };
}

/** JSON is read to any depth and written to that of the stack. */
function bodyOf(
  { bytes, body, form }: UpstreamCall,
  set: Readonly<Record<string, unknown>>,
  remove: ReadonlySet<string>,
): Buffer {
  try {
    if (form !== undefined) return writeForm(patchForm(form, { set, remove }));
    return bytes === undefined ? serialise(body, set, remove) : patchBody(bytes, body, { set, remove });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FaultError(fault('invalid_request', 'The request body is nested too deeply.'), {
      cause: error,
    });
  }
}

/** The name of the model at its provider. */
export function upstreamModel(upstream: Upstream, wildcardTail: string | undefined): string {
  return wildcardTail === undefined ? upstream.model : upstream.model.replace('*', () => wildcardTail);
}

function upstreamHeaders({ upstream, mode, form }: UpstreamCall, streamed: boolean): Record<string, string> {
  const json = 'application/json';
  const headers: Record<string, string> = {
    'content-type': form === undefined ? json : `multipart/form-data; boundary=${form.boundary}`,
    accept: modeTraits[mode].passesTypes.length > 0 ? '*/*' : streamed ? 'text/event-stream' : json,
  };
  if (upstream.apiKey !== undefined) {
    if (upstream.provider === 'azure') headers['api-key'] = upstream.apiKey;
    else headers['authorization'] = `Bearer ${upstream.apiKey}`;
  }
  if (upstream.organization !== undefined) headers['openai-organization'] = upstream.organization;
  return headers;
}

/** The stream options to send when they must differ from the client's, else undefined. */
function streamOptionsWithUsage(upstream: Upstream, asked: unknown): Record<string, unknown> | undefined {
  if (!knowsStreamOptions(upstream)) return undefined;
  if (asked === undefined || asked === null) return { include_usage: true };
  if (typeof asked !== 'object' || Array.isArray(asked)) return undefined;
  const options: Record<string, unknown> = { ...asked };
  return options['include_usage'] === true ? undefined : { ...options, include_usage: true };
}

/** Azure refuses `stream_options` before api-version 2024-09-01-preview; such a stream's usage is estimated. */
function knowsStreamOptions(upstream: Upstream): boolean {
  if (upstream.provider !== 'azure') return true;
  const version = upstream.apiVersion ?? DEFAULT_AZURE_API_VERSION;
  return !/^\d{4}-\d{2}-\d{2}/.test(version) || version >= '2024-09-01';
}

function serialise(
  body: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>>,
  remove: ReadonlySet<string>,
): Buffer {
  const kept = Object.entries(body).filter(([key]) => !remove.has(key));
  return Buffer.from(JSON.stringify(Object.fromEntries([...kept, ...Object.entries(set)])));
}
