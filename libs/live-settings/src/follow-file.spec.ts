/** Real: files, renames and symbolic links in a temporary folder, looked at every few milliseconds. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followFile, type FileFollowing } from './follow-file.js';

let directory: string;
let following: FileFollowing | undefined;
let changes: number;

const at = (name: string): string => path.join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-follow-'));
  changes = 0;
});
afterEach(async () => {
  await following?.stop();
  await rm(directory, { recursive: true });
});

async function follow(name: string): Promise<void> {
  const onChange = (): Promise<void> => {
    changes += 1;
    return Promise.resolve();
  };
  following = await followFile({ path: at(name), onChange, everyMs: 5 });
}

const heard = (count: number): Promise<void> => expect.poll(() => changes).toBe(count);

describe('a file is followed', () => {
  it('when it is written in place, even with as many bytes', async () => {
    await writeFile(at('config'), 'one');
    await follow('config');
    await writeFile(at('config'), 'two');
    await heard(1);
    await writeFile(at('config'), 'six');
    await heard(2);
  });

  it('when an editor puts another one in its place', async () => {
    await writeFile(at('config'), 'one');
    await follow('config');
    await writeFile(at('config.new'), 'two');
    await rename(at('config.new'), at('config'));
    await heard(1);
  });

  it('when Kubernetes swaps the link of the folder it is in', async () => {
    for (const version of ['v1', 'v2']) {
      await mkdir(at(version));
      await writeFile(path.join(at(version), 'config'), version);
    }
    await symlink('v1', at('..data'));
    await symlink('..data/config', at('config'));
    await follow('config');
    await symlink('v2', at('..data_tmp'));
    await rename(at('..data_tmp'), at('..data'));
    await heard(1);
  });

  it('when it goes and comes back', async () => {
    await writeFile(at('config'), 'one');
    await follow('config');
    await rm(at('config'));
    await heard(1);
    await writeFile(at('config'), 'two');
    await heard(2);
  });
});
