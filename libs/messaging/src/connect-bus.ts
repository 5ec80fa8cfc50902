import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@signalbox/platform';
import { Bus } from './bus.js';
import { ConnectionStatus } from './connection-status.js';
import { pause } from './pause.js';
import { serverLogin, withoutLogin } from './server-login.js';

export interface ConnectBusOptions {
  /** `nats://host:port` or `nats://user:password@host:port`, several separated by commas or as a list. */
  readonly servers: string | readonly string[];
  /** Name of the service, shown by the broker's monitoring. */
  readonly name: string;
  readonly logger: Logger;
  /** How long the first connection may take, in milliseconds; 10 s unless told. */
  readonly connectWithinMs?: number;
}

const pauseBetweenTriesMs = 250;

/**
 * Connects to the broker. Throws one clear sentence when that does not work in time, because a service that cannot
 * reach its bus at the start is more likely set up wrongly than unlucky; once connected it reconnects for ever.
 */
export async function connectBus(options: ConnectBusOptions): Promise<Bus> {
  const { name, logger, connectWithinMs = 10_000 } = options;
  const servers = typeof options.servers === 'string' ? options.servers.split(',') : [...options.servers];
  const connection = await firstConnection(servers, name, connectWithinMs);
  logger.info({ server: connection.getServer() }, 'bus connected');
  return new Bus({ connection, logger, status: new ConnectionStatus(connection, logger) });
}

async function firstConnection(servers: string[], name: string, limitMs: number): Promise<NatsConnection> {
  const givesUpAt = performance.now() + limitMs;
  const places = servers.map(withoutLogin);
  for (;;) {
    try {
      return await connect({
        servers: places,
        ...serverLogin(servers),
        name,
        timeout: Math.max(500, Math.min(5_000, givesUpAt - performance.now())),
        maxReconnectAttempts: -1,
        // A refused login may be a broker that restarts with new users; give up neither then.
        ignoreAuthErrorAbort: true,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
        // A broker that vanished without closing the connection is noticed within half a minute.
        pingInterval: 10_000,
        maxPingOut: 2,
        // The client would otherwise record a stack trace for every request.
        noAsyncTraces: true,
      });
    } catch (error) {
      if (performance.now() + pauseBetweenTriesMs >= givesUpAt) throw cannotConnect(places, limitMs, error);
      await pause(pauseBetweenTriesMs);
    }
  }
}

function cannotConnect(places: readonly string[], limitMs: number, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : 'unknown reason';
  return new Error(`Cannot connect to NATS at ${places.join(', ')} within ${limitMs / 1_000} s: ${reason}.`, {
    cause,
  });
}
