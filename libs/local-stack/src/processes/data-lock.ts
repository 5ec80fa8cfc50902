import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { StackFailure } from '../stack-failure.js';
import { identifyProcess, isAlive } from './process-identity.js';

const ownerSchema = z.object({ pid: z.number(), startedAt: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/**
 * Takes a data folder for this process: two stacks on the same files would destroy them. A lock whose owner is
 * gone is taken over. Returns the release; throws a StackFailure that names the owner.
 */
export async function takeDataLock(lockFile: string, dataDirectory: string): Promise<() => Promise<void>> {
  const mine = (await identifyProcess(process.pid)) ?? { pid: process.pid, startedAt: '' };
  const draft = `${lockFile}.${process.pid}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      // A link appears with its content or not at all, and never replaces another one's.
      if (await succeeds(link(draft, lockFile))) return () => rm(lockFile, { force: true });
      const owner = await readOwner(lockFile);
      if (owner !== undefined && (await isAlive(owner))) {
        throw new StackFailure(
          `${dataDirectory} is in use by another Signalbox (process ${owner.pid}): stop it, or pass another --data folder.`,
        );
      }
      await removeStale(lockFile, owner);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a dead owner's lock away, unless somebody else took the lock in between: then theirs goes back. */
async function removeStale(lockFile: string, owner: Owner | undefined): Promise<void> {
  const aside = `${lockFile}.stale.${process.pid}`;
  if (!(await succeeds(rename(lockFile, aside)))) return;
  const moved = await readOwner(aside);
  if (moved?.pid !== owner?.pid || moved?.startedAt !== owner?.startedAt)
    await succeeds(link(aside, lockFile));
  await rm(aside, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}
