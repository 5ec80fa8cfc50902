import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@signalbox/platform';
import type { ConnectionStatus } from './connection-status.js';

/** What every part of the bus works with. */
export interface BusContext {
  readonly connection: NatsConnection;
  readonly status: ConnectionStatus;
  readonly logger: Logger;
}

/** Something that takes messages until it is stopped. */
export interface Intake {
  /** Takes nothing new; resolves when what had begun has ended. */
  stop(): Promise<void>;
}
