import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { StreamContract } from '@signalbox/contracts';
import type { z } from 'zod';
import type { BusContext } from './bus-context.js';
import { traceHeaders } from './trace-context.js';

export interface StreamOptions {
  /** Messages older than this are dropped, in milliseconds; 7 days unless told. */
  readonly maxAgeMs?: number;
  /** Size on disk; no limit unless told. */
  readonly maxBytes?: number;
  /** What happens when `maxBytes` is reached: `new` refuses to publish (unless told), `old` drops the oldest. */
  readonly discard?: 'new' | 'old';
  /** `work-queue` drops a message once its one durable consumer has acknowledged it; `limits` unless told. */
  readonly retention?: 'limits' | 'work-queue';
  /** Copies in a NATS cluster, 1, 3 or 5. */
  readonly replicas?: number;
}

const dayMs = 86_400_000;
/** How long the broker remembers message ids, so that a publish tried again is stored once. */
const duplicateWindowMs = 120_000;

export function streamClient(connection: NatsConnection): JetStreamClient {
  return jetstream(connection);
}

/** The manager without its check of the account, which would fail at a broker that is just starting. */
export function streamManager(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { checkAPI: false });
}

/**
 * Makes the stream of a contract with file storage, or brings an existing one to the settings given; settings that
 * the broker cannot change on a living stream (retention) stay as they are, with a log line.
 */
export async function ensureStream(
  bus: BusContext,
  contract: StreamContract,
  options: StreamOptions,
): Promise<void> {
  const manager = await streamManager(bus.connection);
  const config = configOf(contract, options);
  try {
    await manager.streams.add(config);
    return;
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  try {
    await manager.streams.update(contract.stream, config);
  } catch (error) {
    bus.logger.warn({ stream: contract.stream, error }, 'the stream keeps its earlier settings');
  }
}

/** True when the broker has the stream. */
export async function hasStream(manager: JetStreamManager, contract: StreamContract): Promise<boolean> {
  try {
    await manager.streams.info(contract.stream);
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return false;
    throw error;
  }
}

function configOf(
  contract: StreamContract,
  options: StreamOptions,
): Partial<StreamConfig> & { name: string; subjects: string[] } {
  return {
    name: contract.stream,
    subjects: [contract.subject],
    storage: StorageType.File,
    retention: options.retention === 'work-queue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: options.discard === 'old' ? DiscardPolicy.Old : DiscardPolicy.New,
    max_age: nanos(options.maxAgeMs ?? 7 * dayMs),
    max_bytes: options.maxBytes ?? -1,
    duplicate_window: nanos(Math.min(duplicateWindowMs, options.maxAgeMs ?? duplicateWindowMs)),
    num_replicas: options.replicas ?? 1,
  };
}

/** Code 10058: stream name already in use with a different configuration. */
function isAlreadyThere(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === 10058;
}

export interface PublishOptions {
  /** How long to wait for the broker's acknowledgement, in milliseconds; 5 s unless told. */
  readonly timeoutMs?: number;
}

/**
 * Stores an event. Resolves when the broker has it on disk, rejects otherwise; the same message id may be published
 * again within two minutes and is stored once.
 */
export async function publish<Event extends z.ZodType>(
  bus: BusContext,
  contract: StreamContract<Event>,
  event: z.input<Event>,
  messageId: string,
  { timeoutMs = 5_000 }: PublishOptions = {},
): Promise<void> {
  if (!(await bus.status.connectedWithin(timeoutMs))) throw new Error('The broker cannot be reached.');
  const headers = traceHeaders();
  await streamClient(bus.connection).publish(contract.subject, JSON.stringify(event), {
    msgID: messageId,
    timeout: timeoutMs,
    ...(headers && { headers }),
  });
}

/** How far a durable has come in a stream, in numbers of events; both are 0 where there are none yet. */
export interface StreamProgress {
  /** The event stored last. */
  readonly stored: number;
  /** Up to this one all are acknowledged. */
  readonly acknowledged: number;
}

/** Asks the broker. Rejects while it is away. */
export async function streamProgress(
  bus: BusContext,
  contract: StreamContract,
  durable: string,
): Promise<StreamProgress> {
  const manager = await streamManager(bus.connection);
  const { state } = await manager.streams.info(contract.stream);
  const consumer = await manager.consumers.info(contract.stream, durable).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound)
      return undefined;
    throw error;
  });
  // Only events that are still kept hold anything up.
  const isDone = consumer?.num_pending === 0 && consumer.num_ack_pending === 0;
  const acknowledged = isDone ? state.last_seq : (consumer?.ack_floor.stream_seq ?? 0);
  return { stored: state.last_seq, acknowledged };
}
