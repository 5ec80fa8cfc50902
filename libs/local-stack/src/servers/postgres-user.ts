import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, cp, lstat, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.js';
import { StackFailure } from '../stack-failure.js';

/** Where Postgres' programs and data lie, and as whom it runs (Postgres refuses to run as root). */
export interface PostgresHome {
  programs: string;
  dataDirectory: string;
  user: { uid: number; gid: number } | undefined;
}

/** The user "nobody" of every Linux; it owns nothing else. */
const nobody = { uid: 65534, gid: 65534 };

/**
 * Chooses a home that Postgres can use. For an ordinary user that is where things are. Root hands the data to
 * "nobody"; where nobody may not pass (a checkout below /root, say) programs and data move to /var/tmp.
 */
export async function prepareHome(
  programs: string,
  dataDirectory: string,
  say: (text: string) => void,
): Promise<PostgresHome> {
  if (process.getuid?.() !== 0) {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
    return { programs, dataDirectory, user: undefined };
  }
  const refuge = refugeOf(dataDirectory);
  const hasRefuge = existsSync(path.join(refuge, 'postgres', 'PG_VERSION'));
  if (!hasRefuge && (await isUsable(dataDirectory))) {
    const usable = (await canRun(programs)) ? programs : await copyPrograms(programs, refuge, say);
    return { programs: usable, dataDirectory, user: nobody };
  }
  const copied = (await canRun(programs)) ? programs : await copyPrograms(programs, refuge, say);
  await ownedFolder(refuge);
  const moved = path.join(refuge, 'postgres');
  say(
    `Postgres runs as user ${nobody.uid}, who may not enter ${dataDirectory}: its data is kept in ${moved}`,
  );
  await mkdir(moved, { recursive: true, mode: 0o700 });
  await chown(moved, nobody.uid, nobody.gid);
  return { programs: copied, dataDirectory: moved, user: nobody };
}

/** A folder that is the same at every start with the same data folder. */
function refugeOf(dataDirectory: string): string {
  const digest = createHash('sha256').update(path.resolve(dataDirectory)).digest('hex').slice(0, 12);
  return `/var/tmp/signalbox-${digest}`;
}

async function canRun(programs: string): Promise<boolean> {
  const asNobody = { ...nobody, cwd: '/' };
  return (await runCommand(path.join(programs, 'bin', 'postgres'), ['--version'], asNobody)).exitCode === 0;
}

async function isUsable(dataDirectory: string): Promise<boolean> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await chown(dataDirectory, nobody.uid, nobody.gid);
  const probe = ['-c', 'cd "$1" && test -w .', 'sh', dataDirectory];
  return (await runCommand('/bin/sh', probe, { ...nobody, cwd: '/' })).exitCode === 0;
}

async function copyPrograms(programs: string, refuge: string, say: (text: string) => void): Promise<string> {
  const target = path.join(refuge, 'programs');
  if (existsSync(target) && (await canRun(target))) return target;
  say(`Postgres runs as user ${nobody.uid}, who may not read ${programs}: a copy is made in ${target}`);
  await ownedFolder(refuge);
  const unfinished = `${target}.${process.pid}`;
  await cp(programs, unfinished, { recursive: true, verbatimSymlinks: true });
  await rm(target, { recursive: true, force: true });
  await rename(unfinished, target);
  if (await canRun(target)) return target;
  throw new StackFailure(
    `Postgres cannot run as user ${nobody.uid}, not even from ${target}: set DATABASE_URL to a Postgres of your own.`,
  );
}

/** /var/tmp belongs to everybody: never trust a folder there that somebody else made. */
async function ownedFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.()) {
    throw new StackFailure(`${folder} belongs to somebody else: remove it, or choose another --data folder.`);
  }
}
