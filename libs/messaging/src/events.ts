import { SpanKind } from '@opentelemetry/api';
import type { Msg } from '@nats-io/transport-node';
import type { EventContract, StreamContract } from '@signalbox/contracts';
import type { z } from 'zod';
import type { MessageInfo } from './answer.js';
import type { BusContext, Intake } from './bus-context.js';
import { InFlight } from './in-flight.js';
import { readMessage } from './read-message.js';
import { inMessageSpan, traceHeaders } from './trace-context.js';

/** May return a promise; what it resolves to is not looked at. */
export type EventHandler<Event> = (event: Event, info: MessageInfo) => unknown;

/** Tells every listener; while the broker is away the event waits in memory for the reconnect. Never throws. */
export function broadcast<Event extends z.ZodType>(
  bus: BusContext,
  contract: EventContract<Event>,
  event: z.input<Event>,
): void {
  try {
    const headers = traceHeaders();
    bus.connection.publish(contract.subject, JSON.stringify(event), headers && { headers });
  } catch (error) {
    bus.logger.error({ subject: contract.subject, error }, 'an event could not be sent');
  }
}

/**
 * Hears every event of a contract; each process that listens gets its own copy. Of a stream it hears what passes
 * while it listens: nothing is kept for it or comes again.
 */
export function listen<Event extends z.ZodType>(
  bus: BusContext,
  contract: EventContract<Event> | StreamContract<Event>,
  handler: EventHandler<z.output<Event>>,
): Intake {
  const inFlight = new InFlight();
  const subscription = bus.connection.subscribe(contract.subject, {
    callback: (error, message) => {
      if (error === null) void inFlight.run(() => take(bus, contract, handler, message));
      else bus.logger.error({ subject: contract.subject, error }, 'a subscription failed');
    },
  });
  return {
    stop: async () => {
      await subscription.drain();
      await inFlight.idle();
    },
  };
}

async function take<Event extends z.ZodType>(
  bus: BusContext,
  contract: EventContract<Event> | StreamContract<Event>,
  handler: EventHandler<z.output<Event>>,
  message: Msg,
): Promise<void> {
  const { subject } = contract;
  const content = readMessage(contract.event, message);
  if (!content.ok) {
    bus.logger.error({ subject, problem: content.problem }, 'an event does not fit its contract');
    return;
  }
  try {
    await inMessageSpan(subject, SpanKind.CONSUMER, [message], () =>
      handler(content.value, { subject, headers: message.headers }),
    );
  } catch (error) {
    bus.logger.error({ subject, error }, 'a listener failed');
  }
}
