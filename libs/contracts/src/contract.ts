import type { z } from 'zod';

/** A request/reply exchange between two services over core NATS. */
export interface CallContract<Request extends z.ZodType = z.ZodType, Value extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly subject: string;
  readonly request: Request;
  /** Schema of the value of a successful reply; a failed one carries a `Fault`. */
  readonly value: Value;
  /** How long a caller waits for the reply before it gives up, in milliseconds. */
  readonly deadlineMs: number;
}

/** A fact told to every listener over core NATS; nobody answers, a listener that is away misses it. */
export interface EventContract<Event extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly subject: string;
  readonly event: Event;
}

/** A durable fact on JetStream, delivered at least once to each durable consumer. */
export interface StreamContract<Event extends z.ZodType = z.ZodType> {
  readonly kind: 'stream';
  readonly subject: string;
  readonly stream: string;
  readonly event: Event;
}

/** Latest value per key, kept by JetStream and pushed to every watcher. */
export interface BucketContract<Value extends z.ZodType = z.ZodType> {
  readonly kind: 'bucket';
  readonly bucket: string;
  readonly value: Value;
}

export type Contract = CallContract | EventContract | StreamContract;

/** Declares a call: its subject, both schemas and the caller's deadline (2 s unless told). */
export function defineCall<Request extends z.ZodType, Value extends z.ZodType>(
  subject: string,
  schemas: { request: Request; value: Value },
  deadlineMs = 2_000,
): CallContract<Request, Value> {
  return { kind: 'call', subject, request: schemas.request, value: schemas.value, deadlineMs };
}

/** Declares a broadcast event. */
export function defineEvent<Event extends z.ZodType>(subject: string, event: Event): EventContract<Event> {
  return { kind: 'event', subject, event };
}

/** Declares a durable event and the JetStream stream that keeps it. */
export function defineStream<Event extends z.ZodType>(
  subject: string,
  stream: string,
  event: Event,
): StreamContract<Event> {
  return { kind: 'stream', subject, stream, event };
}

/** Declares a bucket of latest values. */
export function defineBucket<Value extends z.ZodType>(bucket: string, value: Value): BucketContract<Value> {
  return { kind: 'bucket', bucket, value };
}
