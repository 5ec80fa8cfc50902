import { fault, FaultError } from '@signalbox/contracts';
import { LRUCache } from 'lru-cache';

/** How often a read starts again because the identity changed while it was being read. */
const maxReads = 4;

export interface IdentityCacheOptions<Value> {
  /** Asks the identity service; throws a FaultError. */
  readonly load: (id: string) => Promise<Value>;
  /** False once the bus has been lost for too long: nothing cached may be believed then. */
  readonly isTrusted: () => boolean;
  readonly maxEntries: number;
  /** Age at which an entry is read again even though no change was announced, milliseconds. */
  readonly maxAgeMs: number;
  /** A value that changes again and again while it is read is served as it was read last, and not kept; refused unless told. */
  readonly toleratesUnrest?: boolean;
  /** When a value ends by itself, milliseconds since 1970; absent, or of undefined: it does not. */
  readonly endOf?: (value: Value) => number | undefined;
  readonly onLookup?: (hit: boolean) => void;
}

/** One question to the identity service, and which changes were announced since it was asked. */
interface Read<Value> {
  readonly id: string;
  isOld: boolean;
  /** Changes of all values that match, such as the keys of a team. */
  readonly changes: ((value: Value) => boolean)[];
}

/**
 * Callers or end users as the identity service knows them. Concurrent misses of one id share one
 * question; announced changes drop entries; refusals are never kept.
 */
export class IdentityCache<Value extends object> {
  private readonly entries: LRUCache<string, Value>;
  /** Reads under way: a value read across a change of it may be the old one. */
  private readonly reads = new Set<Read<Value>>();

  constructor(private readonly options: IdentityCacheOptions<Value>) {
    this.entries = new LRUCache<string, Value>({
      max: options.maxEntries,
      ttl: options.maxAgeMs,
      // The clock is read this often at most, milliseconds: the age is a safety net, changes are announced.
      ttlResolution: Math.min(100, options.maxAgeMs),
      // A dropped or evicted entry must not reject those who wait for it: load() sees to it that they get the news.
      ignoreFetchAbort: true,
      fetchMethod: async (id, _stale, { options: storing }) => {
        const value = await this.load(id);
        const end = options.endOf?.(value);
        if (end !== undefined) storing.ttl = Math.min(options.maxAgeMs, Math.max(1, end - Date.now()));
        return value;
      },
    });
  }

  /** Returns what is known without asking anybody: the cheap way, taken by nearly every call. */
  peek(id: string): Value | undefined {
    if (!this.options.isTrusted()) return undefined;
    const value = this.entries.get(id);
    if (value !== undefined) this.options.onLookup?.(true);
    return value;
  }

  /** Returns the cached value or asks; throws the FaultError of the identity service. */
  async read(id: string): Promise<Value> {
    if (!this.options.isTrusted()) throw new FaultError(fault('identity_unavailable'));
    this.options.onLookup?.(false);
    const value = await this.entries.fetch(id);
    if (value === undefined) throw new FaultError(fault('identity_unavailable'));
    return value;
  }

  /** Forgets the named entries and those that match; reads under way start again. */
  drop(ids: readonly string[], matches?: (value: Value) => boolean): void {
    for (const id of ids) this.entries.delete(id);
    for (const read of this.reads) read.isOld ||= ids.includes(read.id);
    if (matches === undefined) return;
    for (const read of this.reads) read.changes.push(matches);
    for (const [id, value] of this.entries.entries()) {
      if (matches(value)) this.entries.delete(id);
    }
  }

  /** Forgets everything, for example when announcements may have been missed. */
  clear(): void {
    for (const read of this.reads) read.isOld = true;
    this.entries.clear();
  }

  private async load(id: string): Promise<Value> {
    let last: Value | undefined;
    for (let count = 0; count < maxReads; count += 1) {
      const read: Read<Value> = { id, isOld: false, changes: [] };
      this.reads.add(read);
      try {
        const value = await this.options.load(id);
        last = value;
        if (!read.isOld && !read.changes.some((matches) => matches(value))) return value;
      } finally {
        this.reads.delete(read);
      }
    }
    if (last !== undefined && this.options.toleratesUnrest === true) return last;
    throw new FaultError(fault('identity_unavailable'));
  }
}
