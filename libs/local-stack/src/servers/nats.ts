import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessGuard } from '../processes/process-guard.js';
import type { ServerBinary } from './server-binaries.js';
import { startServerProcess, type RunningServer } from './server-process.js';

export interface LocalServerOptions {
  binary: ServerBinary;
  /** Holds the server's data and its configuration; made when absent. */
  directory: string;
  /** Default: `<directory>.log`. */
  logFile?: string;
  port?: number;
  guard?: ProcessGuard | undefined;
  /** False for tests: nothing is written for a restart where the server allows it. Default true. */
  durable?: boolean;
}

/** A decision batch or a usage event is small, but a batch of hundreds may pass NATS' default of 1 MB. */
const maxPayloadBytes = 8 * 1024 * 1024;

/** Starts nats-server with JetStream on a free loopback port. */
export async function startNats(options: LocalServerOptions): Promise<RunningServer> {
  const { binary, directory, logFile = `${directory}.log`, port, guard } = options;
  await mkdir(path.join(directory, 'jetstream'), { recursive: true });
  await chmod(directory, 0o700);
  const settings = path.join(directory, 'nats.conf');
  // There is no command-line flag for max_payload.
  await writeFile(
    settings,
    [
      `server_name: signalbox-local`,
      `max_payload: ${maxPayloadBytes}`,
      `jetstream { store_dir: ${JSON.stringify(path.join(directory, 'jetstream'))} }`,
      '',
    ].join('\n'),
  );
  return startServerProcess({
    name: 'NATS',
    command: binary.command,
    commandArguments: (natsPort) => ['--config', settings, '--addr', '127.0.0.1', '--port', String(natsPort)],
    url: (natsPort) => `nats://127.0.0.1:${natsPort}`,
    environment: binary.environment,
    readyLine: /Server is ready/,
    portTakenLine: /address already in use/,
    logFile,
    port,
    guard,
  });
}
