import { SpanKind } from '@opentelemetry/api';
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StreamContract } from '@signalbox/contracts';
import { counter } from '@signalbox/platform';
import type { z } from 'zod';
import type { BusContext, Intake } from './bus-context.js';
import { InFlight } from './in-flight.js';
import { pause } from './pause.js';
import { readMessage } from './read-message.js';
import { ensureStream, hasStream, streamClient, streamManager } from './streams.js';
import { inMessageSpan } from './trace-context.js';

export interface ConsumeOptions {
  /** Name under which the broker remembers what was acknowledged; processes with the same name share the work. */
  readonly durable: string;
  /** Where a durable begins that the broker does not know yet: at the first event kept (unless told), or with the next one. */
  readonly beginAt?: 'first' | 'next';
  /** Most events handed over at once; 100 unless told. */
  readonly batchSize?: number;
  /**
   * How long after one batch the next may begin, in milliseconds, unless it is full; 0 unless told. What comes meanwhile is
   * handed over together; an event after a quiet time at once. For handlers that cost as much for one event as for many.
   */
  readonly paceMs?: number;
  /**
   * After how long without a sign of life the broker delivers again, in milliseconds; 10 s unless told. While the
   * handler runs the broker is told so, therefore it may take longer than this. What a process had fetched and not begun when it
   * stopped waits so long for the next one.
   */
  readonly acknowledgeWithinMs?: number;
  /** Pause before an event whose handler failed comes again, in milliseconds, doubled each time; 1 s unless told. */
  readonly retryDelayMs?: number;
}

/** May return a promise: the events are acknowledged when it resolves. */
export type BatchHandler<Event> = (events: Event[]) => unknown;

const defaultAcknowledgeWithinMs = 10_000;
const longestRetryDelayMs = 30_000;
const restartDelayMs = 1_000;

/**
 * Takes the events of a stream in batches, at least once each: they are acknowledged when the handler has resolved
 * and come again when it has failed. An event that cannot be read is put aside for good, with a log line.
 */
export async function consume<Event extends z.ZodType>(
  bus: BusContext,
  contract: StreamContract<Event>,
  options: ConsumeOptions,
  handler: BatchHandler<z.output<Event>>,
): Promise<Intake> {
  const consumer = new StreamConsumer(bus, contract, options, handler);
  await consumer.start();
  return consumer;
}

class StreamConsumer<Event extends z.ZodType> implements Intake {
  private readonly inFlight = new InFlight();
  private readonly stopped = new AbortController();
  private messages: ConsumerMessages | undefined;
  private finished: Promise<void> = Promise.resolve();
  private readonly rejected = counter(
    'signalbox_messages_rejected',
    'Stream messages put aside because they could not be read.',
  );

  constructor(
    private readonly bus: BusContext,
    private readonly contract: StreamContract<Event>,
    private readonly options: ConsumeOptions,
    private readonly handler: BatchHandler<z.output<Event>>,
  ) {}

  async start(): Promise<void> {
    this.messages = await this.open();
    this.finished = this.run(this.messages);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    void this.messages?.close();
    await this.inFlight.idle();
    await this.finished;
  }

  private async open(): Promise<ConsumerMessages> {
    const { contract, options } = this;
    const manager = await streamManager(this.bus.connection);
    if (!(await hasStream(manager, contract))) await ensureStream(this.bus, contract, {});
    await manager.consumers.add(contract.stream, {
      durable_name: options.durable,
      filter_subject: contract.subject,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(this.acknowledgeWithinMs),
      deliver_policy: options.beginAt === 'next' ? DeliverPolicy.New : DeliverPolicy.All,
      max_deliver: -1,
    });
    const consumer = await streamClient(this.bus.connection).consumers.get(contract.stream, options.durable);
    return consumer.consume({ max_messages: options.batchSize ?? 100, abort_on_missing_resource: true });
  }

  private get acknowledgeWithinMs(): number {
    return this.options.acknowledgeWithinMs ?? defaultAcknowledgeWithinMs;
  }

  private get isStopping(): boolean {
    return this.stopped.signal.aborted;
  }

  private async run(first: ConsumerMessages): Promise<void> {
    let messages: ConsumerMessages | undefined = first;
    while (!this.isStopping) {
      try {
        messages ??= await this.open();
        this.messages = messages;
        await this.read(messages);
      } catch (error) {
        this.bus.logger.warn(
          { stream: this.contract.stream, error },
          'the stream could not be read, trying again',
        );
      }
      messages = undefined;
      await pause(restartDelayMs, this.stopped.signal);
    }
  }

  private async read(messages: ConsumerMessages): Promise<void> {
    if (this.isStopping) void messages.close();
    const iterator = messages[Symbol.asyncIterator]();
    let upcoming = iterator.next();
    let beganAt = Number.NEGATIVE_INFINITY;
    for (let first = await upcoming; first.done !== true; first = await upcoming) {
      const batch = [first.value];
      const closing = this.closing(beganAt);
      upcoming = iterator.next();
      while (batch.length < (this.options.batchSize ?? 100)) {
        const next = await Promise.race([upcoming, closing ?? endOfTurn()]);
        if (next === undefined || next.done === true) break;
        batch.push(next.value);
        upcoming = iterator.next();
      }
      beganAt = performance.now();
      if (this.isStopping) for (const message of batch) message.nak();
      else await this.inFlight.run(() => this.hand(batch));
    }
  }

  /** When a batch may begin, if the one before began at `beganAt`; undefined: now, with what is there. */
  private closing(beganAt: number): Promise<undefined> | undefined {
    const remainingMs = beganAt + (this.options.paceMs ?? 0) - performance.now();
    return remainingMs > 0 ? pause(remainingMs, this.stopped.signal).then(() => undefined) : undefined;
  }

  private async hand(batch: JsMsg[]): Promise<void> {
    const readable = batch.flatMap((message) => {
      const content = readMessage(this.contract.event, message);
      if (content.ok) return [{ message, event: content.value }];
      this.reject(message, content.problem);
      return [];
    });
    if (readable.length === 0) return;
    const messages = readable.map(({ message }) => message);
    const events = readable.map(({ event }) => event);
    const signOfLife = setInterval(() => {
      for (const message of messages) message.working();
    }, this.acknowledgeWithinMs / 3);
    try {
      await inMessageSpan(this.contract.subject, SpanKind.CONSUMER, messages, () => this.handler(events));
      for (const message of messages) message.ack();
    } catch (error) {
      const { subject } = this.contract;
      this.bus.logger.error(
        { subject, error, events: events.length },
        'a consumer failed, events come again',
      );
      for (const message of messages) message.nak(this.retryDelay(message));
    } finally {
      clearInterval(signOfLife);
    }
  }

  private reject(message: JsMsg, problem: string): void {
    const { subject } = this.contract;
    this.bus.logger.error({ subject, sequence: message.seq, problem }, 'an event cannot be read, put aside');
    this.rejected.add(1, { subject });
    message.term();
  }

  private retryDelay(message: JsMsg): number {
    const first = this.options.retryDelayMs ?? 1_000;
    return Math.min(first * 2 ** (message.info.deliveryCount - 1), longestRetryDelayMs);
  }
}

function endOfTurn(): Promise<undefined> {
  return new Promise((resolve) =>
    setImmediate(() => {
      resolve(undefined);
    }),
  );
}
