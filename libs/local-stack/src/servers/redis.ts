import { chmod, mkdir } from 'node:fs/promises';
import type { LocalServerOptions } from './nats.js';
import { startServerProcess, type RunningServer } from './server-process.js';

export interface LocalRedisOptions extends LocalServerOptions {
  /** When the append-only file is on disk: before every answer, or once a second (unless told). */
  fsync?: 'always' | 'everysec';
}

/** Starts redis-server on a free loopback port; its append-only file lies in the directory. */
export async function startRedis(options: LocalRedisOptions): Promise<RunningServer> {
  const { binary, directory, logFile = `${directory}.log`, port, guard } = options;
  const { durable = true, fsync = 'everysec' } = options;
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o700);
  return startServerProcess({
    name: 'Redis',
    command: binary.command,
    commandArguments: (redisPort) => [
      ...['--bind', '127.0.0.1', '--port', String(redisPort)],
      ...['--dir', directory, '--save', '', '--appendonly', durable ? 'yes' : 'no'],
      ...['--appendfsync', fsync],
      // Limits and spend live here: an evicted key would be a limit forgotten.
      ...['--maxmemory-policy', 'noeviction'],
    ],
    url: (redisPort) => `redis://127.0.0.1:${redisPort}`,
    environment: binary.environment,
    readyLine: /Ready to accept connections/,
    portTakenLine: /Address already in use/,
    logFile,
    port,
    guard,
  });
}
