import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  identityChanged,
  keyCreate,
  valueOf,
  type CallContract,
  type IdentityChanged,
  type KeyRow,
} from '@signalbox/contracts';
import { migrate } from '@signalbox/database';
import { ensureBinaries, startNats, startPostgres, type RunningServer } from '@signalbox/local-stack';
import { connectBus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { afterAll, beforeEach } from 'vitest';
import type { z } from 'zod';
import { startIdentity } from '../start-identity.js';
import { aKeyHash } from './a-key-hash.js';

const checkoutData = path.resolve(import.meta.dirname, '../../../../.signalbox');

/** Two replicas of the service on a real NATS and a real Postgres, and somebody who asks them; stopped after the tests. */
export async function useIdentity() {
  const under = await startReplicas();
  afterAll(() => under.stop());
  beforeEach(async () => {
    await under.announced();
  });
  return {
    ...under,
    /** What the service answers; a refusal fails the test. */
    async ask<Request extends z.ZodType, Value extends z.ZodType>(
      contract: CallContract<Request, Value>,
      request: z.input<Request>,
    ): Promise<z.output<Value>> {
      return valueOf(await under.bus.call(contract, request));
    },
    /** A new key, which was announced already. */
    async aKey(fields: Partial<z.input<typeof keyCreate.request>> = {}): Promise<KeyRow> {
      const request = { token: aKeyHash(), key_name: 'sk-...test', ...fields };
      const row = valueOf(await under.bus.call(keyCreate, request));
      await under.announced();
      return row;
    },
  };
}

async function startReplicas() {
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-identity-'));
  // Postgres runs as another user when the tests run as root.
  await chmod(directory, 0o755);
  const [binary] = await ensureBinaries(['nats-server'], { dataDirectory: checkoutData });
  if (binary === undefined) throw new Error('no nats-server');
  const nats = await startNats({ binary, directory: path.join(directory, 'nats') });
  const startDatabase = (port?: number): Promise<RunningServer> =>
    startPostgres({
      directory: path.join(directory, 'postgres'),
      durable: false,
      ...(port !== undefined && { port }),
    });
  let postgres = await startDatabase();
  await migrate({ url: postgres.url });

  const logger = createLogger({ service: 'identity', level: 'silent' });
  const buses = await Promise.all(
    ['asking', 'replica-1', 'replica-2'].map((name) => connectBus({ servers: nats.url, name, logger })),
  );
  const [bus, ...serviceBuses] = buses;
  if (bus === undefined) throw new Error('no bus');
  const replicas = await Promise.all(
    serviceBuses.map((serviceBus) =>
      startIdentity({ bus: serviceBus, databaseUrl: postgres.url, maxDatabaseConnections: 4, logger }),
    ),
  );
  const [identity] = replicas;
  if (identity === undefined) throw new Error('no replica');
  const changes: IdentityChanged[] = [];
  bus.listen(identityChanged, (change) => {
    changes.push(change);
  });
  await bus.flush();

  return {
    /** The asking side, a connection of its own. */
    bus,
    identity,
    /** What was announced since the last look, or since the test began. */
    announced: async () => {
      // An announcement is sent before its reply; one round trip more and it has arrived.
      await bus.flush();
      return changes.splice(0);
    },
    stopPostgres: () => postgres.stop(),
    restartPostgres: async () => {
      postgres = await startDatabase(postgres.port);
    },
    stop: async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all(buses.map((each) => each.drain()));
      await Promise.all([nats.stop(), postgres.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
