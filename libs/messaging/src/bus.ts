import type {
  BucketContract,
  CallContract,
  EventContract,
  Reply,
  StreamContract,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { answer, type CallHandler } from './answer.js';
import { Bucket, openBucket } from './bucket.js';
import type { BusContext, Intake } from './bus-context.js';
import { call, type CallOptions } from './call.js';
import type { StatusHandler } from './connection-status.js';
import { consume, type BatchHandler, type ConsumeOptions } from './consume.js';
import { broadcast, listen, type EventHandler } from './events.js';
import {
  ensureStream,
  publish,
  streamProgress,
  type PublishOptions,
  type StreamOptions,
  type StreamProgress,
} from './streams.js';
import { within } from './within.js';

/** One connection to the broker, spoken to in contracts only. Made by `connectBus`. */
export class Bus {
  private readonly intakes = new Set<Intake>();
  private drained: Promise<void> | undefined;

  constructor(private readonly context: BusContext) {}

  /** Asks whoever answers the contract. Every failure comes back as a fault; nothing is thrown. */
  call<Request extends z.ZodType, Value extends z.ZodType>(
    contract: CallContract<Request, Value>,
    request: z.input<Request>,
    options: CallOptions = {},
  ): Promise<Reply<z.output<Value>>> {
    return call(this.context, contract, request, options);
  }

  /** Answers a contract as a member of a queue: every request goes to one member only. */
  answer<Request extends z.ZodType, Value extends z.ZodType>(
    contract: CallContract<Request, Value>,
    queue: string,
    handler: CallHandler<z.output<Request>, z.input<Value>>,
  ): Intake {
    return this.keep(answer(this.context, contract, queue, handler));
  }

  /** Tells every listener; one that is away misses it. Never throws. */
  broadcast<Event extends z.ZodType>(contract: EventContract<Event>, event: z.input<Event>): void {
    broadcast(this.context, contract, event);
  }

  /**
   * Hears every event of a contract; each process that listens gets its own copy. Of a stream it hears what passes
   * while it listens: nothing is kept for it or comes again.
   */
  listen<Event extends z.ZodType>(
    contract: EventContract<Event> | StreamContract<Event>,
    handler: EventHandler<z.output<Event>>,
  ): Intake {
    return this.keep(listen(this.context, contract, handler));
  }

  /** Makes the stream of a contract, or brings an existing one to these settings. Safe to call at every start. */
  ensureStream(contract: StreamContract, options: StreamOptions = {}): Promise<void> {
    return ensureStream(this.context, contract, options);
  }

  /**
   * Stores an event: resolves when the broker has it on disk, rejects otherwise. The same message id published again
   * within two minutes is stored once, so a publish that failed may simply be tried again.
   */
  publish<Event extends z.ZodType>(
    contract: StreamContract<Event>,
    event: z.input<Event>,
    messageId: string,
    options: PublishOptions = {},
  ): Promise<void> {
    return publish(this.context, contract, event, messageId, options);
  }

  /** Takes the events of a stream in batches, at least once each, acknowledged when the handler has resolved. */
  async consume<Event extends z.ZodType>(
    contract: StreamContract<Event>,
    options: ConsumeOptions,
    handler: BatchHandler<z.output<Event>>,
  ): Promise<Intake> {
    return this.keep(await consume(this.context, contract, options, handler));
  }

  /** How far the durable of this name has come in a stream. */
  progress(contract: StreamContract, durable: string): Promise<StreamProgress> {
    return streamProgress(this.context, contract, durable);
  }

  /** Opens the bucket of a contract, made when it is not there. */
  async bucket<Value extends z.ZodType>(contract: BucketContract<Value>): Promise<Bucket<Value>> {
    return new Bucket(this.context, contract, await openBucket(this.context, contract));
  }

  isConnected(): boolean {
    return this.context.status.isConnected;
  }

  /** Tells the handler the present state at once and every change after it. Returns what ends that. */
  onStatus(handler: StatusHandler): () => void {
    return this.context.status.onStatus(handler);
  }

  /** Makes sure the broker has seen all that was sent so far, e.g. a subscription just made. */
  async flush(): Promise<void> {
    await this.context.connection.flush();
  }

  /** Ends the bus: takes nothing new, lets what has begun finish (5 s unless told), then closes the connection. */
  drain(limitMs = 5_000): Promise<void> {
    this.drained ??= this.drainOnce(limitMs);
    return this.drained;
  }

  private async drainOnce(limitMs: number): Promise<void> {
    const { connection, logger } = this.context;
    const intakes = [...this.intakes];
    const isIdle = await within(limitMs, Promise.allSettled(intakes.map((intake) => intake.stop())));
    if (!isIdle) logger.warn({ limitMs }, 'work on the bus did not finish in time and is given up');
    if (connection.isClosed()) return;
    // What was published is still sent; without a broker there is nobody to wait for.
    const isFlushed = this.isConnected() && (await within(limitMs, connection.drain()));
    if (!isFlushed) await connection.close();
  }

  private keep(intake: Intake): Intake {
    let stopping: Promise<void> | undefined;
    const kept: Intake = {
      stop: () => {
        this.intakes.delete(kept);
        return (stopping ??= intake.stop());
      },
    };
    this.intakes.add(kept);
    return kept;
  }
}
