import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import type { QueuedIterator } from '@nats-io/transport-node';
import type { BucketContract } from '@signalbox/contracts';
import type { z } from 'zod';
import type { BusContext, Intake } from './bus-context.js';
import { pause } from './pause.js';
import { readMessage } from './read-message.js';

/** Told of every value present and every value put after it; a value may come more than once. */
export type BucketHandler<Value> = (key: string, value: Value) => void;

export interface BucketWatch extends Intake {
  /** Resolves when the handler has heard every value that was there when the watch began. */
  readonly initialValues: Promise<void>;
}

const legalKey = /^[-/_=.a-zA-Z0-9]+$/;
const restartDelayMs = 1_000;

/** Opens the bucket of a contract: file storage, one value per key; made when it is not there. */
export function openBucket(bus: BusContext, contract: BucketContract): Promise<KV> {
  return new Kvm(bus.connection).create(contract.bucket, { history: 1 });
}

/** Latest value per key, shared by all processes on the bus. */
export class Bucket<Value extends z.ZodType> {
  constructor(
    private readonly bus: BusContext,
    private readonly contract: BucketContract<Value>,
    private readonly store: KV,
  ) {}

  /** Sets the value of a key (letters, digits and `-/_=.`). Rejects when the broker does not confirm it. */
  async put(key: string, value: z.input<Value>): Promise<void> {
    await this.store.put(checkedKey(key), JSON.stringify(value));
  }

  /** The value of a key; undefined when there is none, or none that fits the contract. */
  async get(key: string): Promise<z.output<Value> | undefined> {
    const entry = await this.store.get(checkedKey(key));
    return entry === null ? undefined : this.read(entry);
  }

  /** Hears all values, now and later; goes on after the broker was away, telling all present values again. */
  watch(handler: BucketHandler<z.output<Value>>): BucketWatch {
    return new Watch(this.bus, this.contract, (entry) => {
      const value = this.read(entry);
      if (value !== undefined) handler(entry.key, value);
    });
  }

  private read(entry: KvEntry): z.output<Value> | undefined {
    if (entry.operation !== 'PUT') return undefined;
    const content = readMessage(this.contract.value, entry);
    if (content.ok) return content.value;
    const { bucket, key } = entry;
    this.bus.logger.error(
      { bucket, entry: key, problem: content.problem },
      'a bucket holds an unreadable value',
    );
    return undefined;
  }
}

class Watch implements BucketWatch {
  readonly initialValues: Promise<void>;
  private readonly stopped = new AbortController();
  private readonly stopListening: () => void;
  private markInitial: () => void = () => undefined;
  private iterator: QueuedIterator<KvEntry> | undefined;

  constructor(
    private readonly bus: BusContext,
    private readonly contract: BucketContract,
    private readonly take: (entry: KvEntry) => void,
  ) {
    this.initialValues = new Promise((resolve) => {
      this.markInitial = resolve;
    });
    // The consumer behind a watch lives in the broker's memory: after a restart it is gone, so a new one is made.
    this.stopListening = bus.status.onStatus((status) => {
      if (status === 'reconnected') this.iterator?.stop();
    });
    void this.run();
  }

  stop(): Promise<void> {
    this.stopped.abort();
    this.stopListening();
    this.iterator?.stop();
    return Promise.resolve();
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await this.followOnce();
      } catch (error) {
        this.bus.logger.warn(
          { bucket: this.contract.bucket, error },
          'a bucket could not be watched, trying again',
        );
        await pause(restartDelayMs, this.stopped.signal);
      }
    }
  }

  private async followOnce(): Promise<void> {
    const store = await openBucket(this.bus, this.contract);
    const { state } = (await store.status()).streamInfo;
    this.iterator = await store.watch();
    if (state.messages === 0) this.markInitial();
    if (this.stopped.signal.aborted) this.iterator.stop();
    for await (const entry of this.iterator) {
      this.hand(entry);
      if (entry.revision >= state.last_seq) this.markInitial();
    }
  }

  private hand(entry: KvEntry): void {
    try {
      this.take(entry);
    } catch (error) {
      this.bus.logger.error({ bucket: entry.bucket, entry: entry.key, error }, 'a watcher failed');
    }
  }
}

function checkedKey(key: string): string {
  if (legalKey.test(key)) return key;
  throw new RangeError('A bucket key holds letters, digits and -/_=. only.');
}
