import {
  errors,
  headers as newHeaders,
  type Msg,
  type MsgHdrs,
  type RequestOptions,
} from '@nats-io/transport-node';
import {
  fault,
  FaultSchema,
  type CallContract,
  type ErrorCode,
  type Fault,
  type Reply,
} from '@signalbox/contracts';
import { counter } from '@signalbox/platform';
import type { z } from 'zod';
import type { BusContext } from './bus-context.js';
import { traceHeaders } from './trace-context.js';

export interface CallOptions {
  /** How long to wait for the reply, in milliseconds; the contract's own deadline unless told. */
  readonly deadlineMs?: number;
  /** Code of the fault when nobody answers, the deadline passes or the broker is away; `internal_error` unless told. */
  readonly unavailable?: ErrorCode;
  /**
   * Whether the value of the reply is checked with the contract's schema; true unless told. A hot call between
   * services of one release may save the time; the envelope is always checked.
   */
  readonly checkValue?: boolean;
  /** What is said beside the request, such as in whose name it is made; values hold no line breaks. */
  readonly headers?: Readonly<Record<string, string>>;
}

const unanswered = counter(
  'signalbox_calls_unanswered',
  'Calls over the bus that nobody answered in time, by subject.',
);

/** Asks whoever answers the contract. Every failure comes back as a fault; nothing is thrown. */
export async function call<Request extends z.ZodType, Value extends z.ZodType>(
  bus: BusContext,
  contract: CallContract<Request, Value>,
  request: z.input<Request>,
  options: CallOptions,
): Promise<Reply<z.output<Value>>> {
  const { deadlineMs = contract.deadlineMs, unavailable = 'internal_error' } = options;
  const { subject } = contract;
  let remainingMs = Math.max(1, deadlineMs);
  if (!bus.status.isConnected) {
    // Sending now would only queue the request in memory and flood the answering side after the reconnect.
    const startedAt = performance.now();
    if (!(await bus.status.connectedWithin(deadlineMs))) {
      unanswered.add(1, { subject });
      return failed(fault(unavailable));
    }
    remainingMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
  }
  try {
    const headers = headersOf(options);
    const requestOptions: RequestOptions = { timeout: remainingMs, ...(headers && { headers }) };
    const message = await bus.connection.request(subject, JSON.stringify(request), requestOptions);
    return readReply(bus, contract, message, options.checkValue ?? true);
  } catch (error) {
    if (error instanceof errors.InvalidArgumentError) {
      bus.logger.warn({ subject, error }, 'a request is too large for the bus');
      return failed(fault('request_too_large'));
    }
    // The reason without its stack: while a service is away there is one such line per call.
    bus.logger.warn({ subject, reason: reasonOf(error) }, 'a call got no answer');
    unanswered.add(1, { subject });
    return failed(fault(unavailable));
  }
}

function headersOf({ headers: said }: CallOptions): MsgHdrs | undefined {
  const headers = traceHeaders();
  if (said === undefined) return headers;
  const all = headers ?? newHeaders();
  for (const [name, value] of Object.entries(said)) all.set(name, value);
  return all;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}

function failed(reason: Fault): { ok: false; fault: Fault } {
  return { ok: false, fault: reason };
}

interface Envelope {
  readonly ok?: unknown;
  readonly value?: unknown;
  readonly fault?: unknown;
}

function readReply<Request extends z.ZodType, Value extends z.ZodType>(
  bus: BusContext,
  contract: CallContract<Request, Value>,
  message: Msg,
  checkValue: boolean,
): Reply<z.output<Value>> {
  const { subject } = contract;
  const reply = parseEnvelope(message);
  if (reply?.ok === false) {
    const parsed = FaultSchema.safeParse(reply.fault);
    if (parsed.success) return failed(parsed.data);
  } else if (reply?.ok === true) {
    // The answering service is typed by the same contract, so an unchecked value is trusted as a compiled import is.
    if (!checkValue) return { ok: true, value: reply.value as z.output<Value> };
    const parsed = contract.value.safeParse(reply.value);
    if (parsed.success) return { ok: true, value: parsed.data };
    bus.logger.error({ subject, error: parsed.error }, 'a reply does not fit its contract');
    return failed(fault('internal_error'));
  }
  bus.logger.error({ subject }, 'a reply is neither a value nor a fault');
  return failed(fault('internal_error'));
}

function parseEnvelope(message: Msg): Envelope | undefined {
  try {
    const content = message.json<unknown>();
    return typeof content === 'object' && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}
