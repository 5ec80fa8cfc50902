import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const aliveEnding = '.alive';
const segmentEnding = '.usage';

/**
 * One gateway's share of a directory that several may use: files belong to the gateway whose name they begin with. It
 * says that it lives by a file that it writes again and again; the files of one that has been silent for longer than the
 * lease belong to whoever renames them first. Ages are told by the directory's own clock, so gateways on several
 * machines or in several containers may share one.
 */
export class SpillOwner {
  private readonly name = randomUUID();
  private segmentsNamed = 0;

  private constructor(
    private readonly directory: string,
    private readonly leaseMs: number,
  ) {}

  static async enter(directory: string, leaseMs: number): Promise<SpillOwner> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const owner = new SpillOwner(directory, leaseMs);
    await owner.renew();
    return owner;
  }

  /** Says that this gateway lives; to be called several times within a lease. */
  async renew(): Promise<void> {
    await writeFile(this.alivePath(this.name), `${process.pid}\n`, { mode: 0o600 });
  }

  /** A path for the next file of this gateway. */
  nextPath(): string {
    this.segmentsNamed += 1;
    return this.pathOf(`${this.name}.${String(this.segmentsNamed).padStart(8, '0')}${segmentEnding}`);
  }

  /** Takes the files of gateways that are gone; returns their new paths, oldest first. */
  async adopt(): Promise<string[]> {
    const files = (await readdir(this.directory)).sort();
    const others = new Set(files.map(ownerOf).filter((owner) => owner !== undefined && owner !== this.name));
    const adopted: string[] = [];
    for (const other of others) {
      if (other === undefined || (await this.isAlive(other))) continue;
      for (const file of files.filter((one) => ownerOf(one) === other && one.endsWith(segmentEnding))) {
        const mine = this.nextPath();
        if (await isRenamed(this.pathOf(file), mine)) adopted.push(mine);
      }
      await rm(this.alivePath(other), { force: true });
    }
    return adopted;
  }

  /** Leaves: what is left here is for the next one, at once. */
  async leave(): Promise<void> {
    await rm(this.alivePath(this.name), { force: true });
  }

  private async isAlive(other: string): Promise<boolean> {
    const [theirs, mine] = await Promise.all([this.sign(other), this.sign(this.name)]);
    return theirs !== undefined && (mine === undefined || mine - theirs <= this.leaseMs);
  }

  /** When a gateway last said that it lives, milliseconds; undefined when it has left. */
  private async sign(owner: string): Promise<number | undefined> {
    try {
      return (await stat(this.alivePath(owner))).mtimeMs;
    } catch {
      return undefined;
    }
  }

  private alivePath(owner: string): string {
    return this.pathOf(`${owner}${aliveEnding}`);
  }

  private pathOf(file: string): string {
    return path.join(this.directory, file);
  }
}

function ownerOf(file: string): string | undefined {
  return file.endsWith(aliveEnding) || file.endsWith(segmentEnding) ? file.split('.', 1)[0] : undefined;
}

/** False when another gateway was faster. */
async function isRenamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
