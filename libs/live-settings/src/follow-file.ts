import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface FollowFileOptions {
  readonly path: string;
  /** The file may have changed. Not called again before it has resolved; must not reject. */
  readonly onChange: () => Promise<void>;
  /** How often the file is looked at, milliseconds; half a second unless told. */
  readonly everyMs?: number;
}

export interface FileFollowing {
  /** Looks no more; resolves when a change that was being taken is. */
  stop(): Promise<void>;
}

/**
 * Tells when a file changes. It is looked at by its path, not watched by its inode: editors replace files by a rename,
 * Kubernetes swaps a symbolic link above it, network drives tell nobody. A change is told when the file has not
 * changed since the look before, so that a file which is being written is left alone until it is whole.
 */
export async function followFile({
  path,
  onChange,
  everyMs = 500,
}: FollowFileOptions): Promise<FileFollowing> {
  const stopped = new AbortController();
  let told = await appearance(path);
  const follow = async (): Promise<void> => {
    let seen = told;
    while (await hasPassed(everyMs, stopped.signal)) {
      const now = await appearance(path);
      const isStill = now === seen;
      seen = now;
      if (!isStill || now === told) continue;
      told = now;
      await onChange();
    }
  };
  const following = follow();
  return {
    stop: () => {
      stopped.abort();
      return following;
    },
  };
}

/** What tells one state of a file from another; a file that is not there looks like nothing. */
async function appearance(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join();
  } catch {
    return '';
  }
}

function hasPassed(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return pause(milliseconds, true, { signal, ref: false }).catch(() => false);
}
