import { SpanKind } from '@opentelemetry/api';
import { errors, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { fault, FaultError, type CallContract, type Fault, type Reply } from '@signalbox/contracts';
import type { z } from 'zod';
import type { BusContext, Intake } from './bus-context.js';
import { InFlight } from './in-flight.js';
import { readMessage } from './read-message.js';
import { inMessageSpan } from './trace-context.js';

/** What a handler may want to know about the message besides its content. */
export interface MessageInfo {
  readonly subject: string;
  readonly headers?: MsgHdrs | undefined;
}

/** Answers a checked request with a value, or throws a `FaultError`. */
export type CallHandler<Request, Value> = (request: Request, info: MessageInfo) => Promise<Value> | Value;

/** Takes the requests of a contract; with a queue name every request goes to one member of that queue only. */
export function answer<Request extends z.ZodType, Value extends z.ZodType>(
  bus: BusContext,
  contract: CallContract<Request, Value>,
  queue: string,
  handler: CallHandler<z.output<Request>, z.input<Value>>,
): Intake {
  const inFlight = new InFlight();
  const subscription = bus.connection.subscribe(contract.subject, {
    queue,
    callback: (error, message) => {
      if (error !== null) {
        bus.logger.error({ subject: contract.subject, error }, 'a subscription failed');
        return;
      }
      void inFlight.run(async () => {
        respond(bus, message, await replyTo(bus, contract, handler, message));
      });
    },
  });
  return {
    stop: async () => {
      await subscription.drain();
      await inFlight.idle();
    },
  };
}

async function replyTo<Request extends z.ZodType, Value extends z.ZodType>(
  bus: BusContext,
  contract: CallContract<Request, Value>,
  handler: CallHandler<z.output<Request>, z.input<Value>>,
  message: Msg,
): Promise<Reply<z.input<Value>>> {
  const { subject } = contract;
  const content = readMessage(contract.request, message);
  if (!content.ok) {
    bus.logger.warn({ subject, problem: content.problem }, 'a request does not fit its contract');
    const { problem, param } = content;
    return failed(fault('invalid_request', problem, param === undefined ? {} : { param }));
  }
  try {
    const value = await inMessageSpan(subject, SpanKind.SERVER, [message], () =>
      handler(content.value, { subject, headers: message.headers }),
    );
    return { ok: true, value };
  } catch (error) {
    if (error instanceof FaultError) return failed(error.fault);
    bus.logger.error({ subject, error }, 'a handler failed');
    return failed(fault('internal_error'));
  }
}

const askForLess = fault('request_too_large', 'The answer is too large for one message: ask for less.');

function respond(bus: BusContext, message: Msg, reply: Reply<unknown>): void {
  const { subject } = message;
  try {
    message.respond(JSON.stringify(reply));
  } catch (error) {
    bus.logger.error({ subject, error }, 'a reply could not be sent');
    const isTooLarge = error instanceof errors.InvalidArgumentError;
    if (reply.ok) respond(bus, message, failed(isTooLarge ? askForLess : fault('internal_error')));
  }
}

function failed(reason: Fault): { ok: false; fault: Fault } {
  return { ok: false, fault: reason };
}
