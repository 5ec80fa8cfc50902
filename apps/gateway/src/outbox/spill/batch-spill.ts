import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@signalbox/platform';
import type { Batch, BatchStream } from '../batch.js';
import { frameOf, readFrames } from './batch-frame.js';
import { SpillOwner } from './spill-owner.js';

/** A file that has reached this size is not written to any more: it is read as a whole. */
const segmentBytes = 4 * 1024 * 1024;
const defaultLeaseMs = 5_000;
/** Signs of life in one lease. */
const signsPerLease = 5;

export interface BatchSpillOptions {
  /** Made when absent; several gateways may share it. */
  readonly directory: string;
  /** What this gateway may keep there. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** After how long without a sign of life the files of another gateway are taken over, milliseconds; 5 s unless told. */
  readonly leaseMs?: number;
}

/** Some batches that lie on disk. */
export interface SpilledBatches<Item> {
  readonly batches: readonly Batch<Item>[];
  /** To be called once all of them are somewhere else for good. */
  delete(): Promise<void>;
}

interface Segment {
  readonly path: string;
  bytes: number;
}

/**
 * Batches on disk, while there is nobody to give them to. They are appended to files and on the disk itself when
 * `write` resolves with true, so that neither the end of the process nor that of the machine loses them. What a
 * gateway left behind is taken over by one that lives.
 */
export class BatchSpill<Item> {
  /** Told when files were taken over from a gateway that is gone. */
  onAdopted: (() => void) | undefined;
  private readonly sealed: Segment[] = [];
  private current: (Segment & { readonly file: FileHandle }) | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private problem: string | undefined;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly stream: BatchStream<Item>,
    private readonly options: BatchSpillOptions,
    private readonly owner: SpillOwner,
  ) {
    const { leaseMs = defaultLeaseMs } = options;
    this.timer = setInterval(
      () => void this.inTurn(() => this.lookAround()),
      leaseMs / signsPerLease,
    ).unref();
  }

  /** @throws when the directory cannot be written to. */
  static async open<Item>(stream: BatchStream<Item>, options: BatchSpillOptions): Promise<BatchSpill<Item>> {
    const owner = await SpillOwner.enter(options.directory, options.leaseMs ?? defaultLeaseMs);
    const spill = new BatchSpill(stream, options, owner);
    await spill.inTurn(() => spill.lookAround());
    return spill;
  }

  /** Size of what lies there. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether anything lies there. */
  get isEmpty(): boolean {
    return this.segments.length === 0;
  }

  /** False: there is no room, or the disk refuses; the batch is where it was. */
  write(batch: Batch<Item>): Promise<boolean> {
    return this.inTurn(async () => {
      const frame = frameOf(batch);
      if (this.bytes + frame.length > this.options.maxBytes) return this.refuse('the size limit is reached');
      try {
        // Taken over in between, as we seemed to be gone: what we wrote may have come too late to be read there.
        while (!(await this.append(frame)));
        this.problem = undefined;
        return true;
      } catch (error) {
        await this.cutOff().catch(() => undefined);
        return this.refuse(error instanceof Error ? error.message : 'unknown');
      }
    });
  }

  /** What has lain here longest; undefined when there is nothing. */
  oldest(): Promise<SpilledBatches<Item> | undefined> {
    return this.inTurn(async () => {
      for (;;) {
        if (this.sealed.length === 0) await this.seal();
        const [segment] = this.sealed;
        if (segment === undefined) return undefined;
        const batches = await this.read(segment);
        if (batches !== undefined) return { batches, delete: () => this.inTurn(() => this.remove(segment)) };
        this.sealed.shift();
      }
    });
  }

  /** Ends it; what lies there is for the next gateway. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.inTurn(async () => {
      await this.seal();
      await this.owner.leave();
    });
  }

  private get segments(): Segment[] {
    return this.current === undefined ? this.sealed : [...this.sealed, this.current];
  }

  /** One thing after the other: a file is not read while it is written. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async append(frame: Buffer): Promise<boolean> {
    this.current ??= await this.openSegment();
    const { file } = this.current;
    await file.appendFile(frame);
    await file.datasync();
    this.current.bytes += frame.length;
    const isOurs = await exists(this.current.path);
    if (!isOurs) await this.forgetCurrent();
    else if (this.current.bytes >= segmentBytes) await this.seal();
    return isOurs;
  }

  private async openSegment(): Promise<Segment & { readonly file: FileHandle }> {
    const segment = { path: this.owner.nextPath(), bytes: 0 };
    const file = await open(segment.path, 'ax', 0o600);
    const directory = await open(path.dirname(segment.path));
    // A file is there for good once its directory is written too.
    await directory.sync();
    await directory.close();
    return { ...segment, file };
  }

  /** Nothing may follow a frame of which perhaps a part was written. */
  private async cutOff(): Promise<void> {
    try {
      await this.current?.file.truncate(this.current.bytes);
    } finally {
      await this.seal();
    }
  }

  private async seal(): Promise<void> {
    if (this.current === undefined) return;
    const { path, bytes } = this.current;
    if (bytes > 0) this.sealed.push({ path, bytes });
    else await rm(path, { force: true });
    await this.forgetCurrent();
  }

  private async forgetCurrent(): Promise<void> {
    const file = this.current?.file;
    this.current = undefined;
    await file?.close();
  }

  /** Undefined when the file is gone, or cannot be read and is left for people to look at. */
  private async read({ path }: Segment): Promise<readonly Batch<Item>[] | undefined> {
    try {
      const { batches, damagedBytes } = readFrames(this.stream, await readFile(path));
      if (damagedBytes > 0)
        this.options.logger.error(
          { path, damagedBytes },
          'a file of kept records is damaged and partly lost',
        );
      return batches;
    } catch (error) {
      this.options.logger.error({ path, error }, 'a file of kept records cannot be read');
      return undefined;
    }
  }

  private async remove(segment: Segment): Promise<void> {
    await rm(segment.path, { force: true });
    const at = this.sealed.indexOf(segment);
    if (at >= 0) this.sealed.splice(at, 1);
  }

  private async lookAround(): Promise<void> {
    const { logger, directory } = this.options;
    try {
      await this.owner.renew();
      const adopted = await this.owner.adopt();
      for (const path of adopted) this.sealed.push({ path, bytes: (await stat(path)).size });
      if (adopted.length === 0) return;
      logger.info({ files: adopted.length }, 'records of a gateway that is gone are taken over');
      this.onAdopted?.();
    } catch (error) {
      logger.warn({ directory, error }, 'the directory for records cannot be looked through');
    }
  }

  private refuse(problem: string): false {
    if (problem !== this.problem) {
      const { directory } = this.options;
      this.options.logger.error({ directory, problem }, 'records cannot be kept on disk');
    }
    this.problem = problem;
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
