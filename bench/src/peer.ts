import { execFile, type ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startHelper } from './helper-process.js';
import type { Subject } from './subject.js';

const folder = fileURLToPath(new URL('../peer/', import.meta.url));
const packageFolder = `${folder}node_modules/@portkey-ai/gateway/`;

const npmArguments = ['ci', '--ignore-scripts', '--fetch-retries=1', '--loglevel=error', '--no-progress'];

/** The other gateway, installed. */
export interface Peer {
  /** Its name and version, as the results show them. */
  readonly name: string;
}

/**
 * Installs the other gateway into bench/peer unless it is there. It is no dependency of Signalbox: without it, or
 * where it cannot be installed, the benchmark goes on without its rows.
 */
export async function installPeer(say: (text: string) => void): Promise<Peer | undefined> {
  try {
    if (!isInstalled()) {
      say('installing the peer (npm ci in bench/peer), once');
      await promisify(execFile)('npm', npmArguments, { cwd: folder });
    }
    const { version } = JSON.parse(readFileSync(`${packageFolder}package.json`, 'utf8')) as {
      version: string;
    };
    return { name: `Portkey OSS gateway ${version}` };
  } catch (error) {
    say(
      'the peer could not be installed, and its rows are left out (--without-peer leaves them out at once):',
    );
    say(error instanceof Error ? error.message.trim() : String(error));
    return undefined;
  }
}

/** The other gateway, running. */
export interface RunningPeer {
  readonly subject: Subject;
  readonly process: ChildProcess;
}

/** Starts the other gateway in front of the upstream, as a plain proxy: it checks no key, keeps no limit, records no usage. */
export async function startPeer({ name }: Peer, upstreamPort: number): Promise<RunningPeer> {
  const { pid, port, process } = await startHelper('peer', `${packageFolder}build/start-server.js`);
  const headers = {
    authorization: 'Bearer sk-bench-upstream',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  };
  // Its cost per request has settled after that many, and it takes its time.
  return { subject: { name, port, headers, processes: { proxy: [pid] }, warmUpRequests: 20_000 }, process };
}

/** npm writes its own record last, so one that is newer than the lockfile stands for a whole installation. */
function isInstalled(): boolean {
  const record = statSync(`${folder}node_modules/.package-lock.json`, { throwIfNoEntry: false });
  return record !== undefined && record.mtimeMs >= statSync(`${folder}package-lock.json`).mtimeMs;
}
