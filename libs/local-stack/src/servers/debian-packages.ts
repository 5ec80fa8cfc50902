import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand, type CommandResult } from './run-command.js';
import { StackFailure } from '../stack-failure.js';

/** What both servers need on Debian 12, for when apt cannot work it out (a half-configured system). */
const knownPackages = [
  'nats-server',
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblzf1',
  'liblua5.1-0',
] as const;

export interface UnpackOptions {
  /** Debian package names to fetch; what they depend on and the machine lacks is fetched too. */
  packages: readonly string[];
  /** The root of the unpacked files. Appears at once and complete, or not at all. */
  target: string;
  say: (text: string) => void;
}

/** Whether this machine can fetch and unpack Debian packages. */
export function hasDebianTools(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb');
}

/**
 * Fetches Debian packages and unpacks them into a folder, without root and without touching the system:
 * apt gets package lists, cache and locks of its own. Two calls at once for one target are safe.
 * Throws a StackFailure when the packages cannot be had.
 */
export async function unpackDebianPackages({ packages, target, say }: UnpackOptions): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const scratch = await mkdtemp(`${target}.unpacking-`);
  try {
    const apt = await scratchApt(scratch);
    say('fetching package lists (apt-get update into a scratch folder, the system is not touched)');
    const update = await apt('apt-get', 'update');
    const names = await missingPackages(apt, packages);
    say(`fetching ${names.join(', ')}`);
    const download = await apt('apt-get', 'download', ...names);
    if (download.exitCode !== 0) {
      throw new StackFailure(
        `${packages.join(' and ')} could not be fetched with apt-get: ${firstError(update, download)}`,
      );
    }
    await unpackAll(scratch);
    await rename(path.join(scratch, 'root'), target).catch((error: unknown) => {
      // Somebody else finished the same work first: theirs is as good.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Apt = (command: string, ...commandArguments: string[]) => Promise<CommandResult>;

async function scratchApt(scratch: string): Promise<Apt> {
  const lists = path.join(scratch, 'state', 'lists');
  const archives = path.join(scratch, 'cache', 'archives');
  await mkdir(path.join(lists, 'partial'), { recursive: true });
  await mkdir(path.join(archives, 'partial'), { recursive: true });
  const settings = [
    `Dir::State=${path.join(scratch, 'state')}`,
    `Dir::State::Lists=${lists}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${path.join(scratch, 'cache')}`,
    // As root apt drops to a user who cannot write into our folder.
    'APT::Sandbox::User=root',
    'APT::Update::Post-Invoke=',
    'APT::Update::Post-Invoke-Success=',
    'Debug::NoLocking=true',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
  ].flatMap((setting) => ['-o', setting]);
  return (command, ...commandArguments) =>
    runCommand(command, [...settings, ...commandArguments], {
      cwd: scratch,
      environment: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    });
}

async function missingPackages(apt: Apt, packages: readonly string[]): Promise<string[]> {
  const plan = await apt('apt-get', '--simulate', '--no-install-recommends', 'install', ...packages);
  const names = [...plan.output.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  if (plan.exitCode === 0 && names.length > 0) return [...new Set([...packages, ...names])];
  return [...new Set([...packages, ...knownPackages])];
}

async function unpackAll(scratch: string): Promise<void> {
  const root = path.join(scratch, 'root');
  await mkdir(root);
  for (const file of await readdir(scratch)) {
    if (!file.endsWith('.deb')) continue;
    const result = await runCommand('dpkg-deb', ['--extract', path.join(scratch, file), root]);
    if (result.exitCode !== 0) throw new StackFailure(`${file} could not be unpacked: ${firstError(result)}`);
  }
}

function firstError(...results: CommandResult[]): string {
  const lines = results.flatMap((result) => result.errorOutput.split('\n'));
  const line =
    lines.find((text) => /^(E:|W: Failed to fetch)/.test(text)) ?? lines.find((text) => text.trim() !== '');
  return line?.replace(/^[EW]:\s*/, '').trim() ?? 'no reason was given';
}
