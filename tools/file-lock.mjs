import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs some work while no other process of this checkout does the same. A lock whose owner is gone is taken over.
 * @param {string} file the lock
 * @param {(owner: number) => void} onWait told once, with the process that we wait for
 */
export async function withLock(file, onWait, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
  const release = () => rmSync(file, { force: true });
  try {
    let hasSaidSo = false;
    // A link appears with its content or not at all, and never replaces another one's.
    while (!succeeds(() => linkSync(draft, file))) {
      const owner = ownerOf(file);
      if (owner !== undefined && startOf(owner.pid) === owner.startedAt) {
        if (!hasSaidSo) onWait(owner.pid);
        hasSaidSo = true;
        await delay(200);
      } else {
        removeStale(file, owner);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** Moves a dead owner's lock away, unless somebody took it in between: then theirs goes back. */
function removeStale(file, owner) {
  const aside = `${file}.stale.${process.pid}`;
  if (!succeeds(() => renameSync(file, aside))) return;
  const moved = ownerOf(aside);
  if (moved?.pid !== owner?.pid || moved?.startedAt !== owner?.startedAt)
    succeeds(() => linkSync(aside, file));
  rmSync(aside, { force: true });
}

/** Tells a process from a later one with the same id; without /proc only whether there is one. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return process.platform !== 'linux' && succeeds(() => process.kill(pid, 0)) ? 'alive' : 'gone';
  }
}

function ownerOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function succeeds(work) {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
