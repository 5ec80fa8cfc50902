import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@signalbox/platform';
import type { GatewayParts } from './gateway-parts.js';
import type { Readiness } from './health/readiness.js';

/** A gateway that listens, and its orderly end. */
export class RunningGateway {
  readonly port: number;
  /** Where the admin API listens; undefined: at the same port as everything. */
  readonly adminPort: number | undefined;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly parts: GatewayParts,
    private readonly logger: Logger,
    private readonly adminServer?: Server,
  ) {
    this.port = portOf(this.server);
    this.adminPort = adminServer === undefined ? undefined : portOf(adminServer);
  }

  get readiness(): Readiness {
    return this.parts.readiness;
  }

  /**
   * Takes no new connections, ends the waits for retries, lets calls under way finish for so long, then cuts off the
   * rest. What they used is recorded either way.
   */
  async finishCalls(graceMs: number): Promise<void> {
    this.parts.readiness.startDraining();
    this.parts.calls.stopWaiting();
    const graceEnded = new AbortController();
    const cutOff = wait(graceMs, undefined, { signal: graceEnded.signal }).then(
      () => {
        this.logger.warn({ graceMs }, 'calls did not finish in time and are cut off');
        for (const server of this.servers) server.closeAllConnections();
      },
      () => undefined,
    );
    await Promise.all([this.app.close(), this.closeAdminServer()]);
    // Connections are closed before the calls on them have told what they used.
    await this.parts.calls.idle();
    graceEnded.abort();
    await cutOff;
  }

  /** Sends what records are not acknowledged yet, or writes them to disk; tells how many are lost. */
  async flushRecords(timeLimitMs: number): Promise<number> {
    const { outbox, decisions } = this.parts;
    const flushed = await Promise.all([outbox, decisions].map((one) => one.flush(timeLimitMs)));
    const left = flushed.reduce((sum, records) => sum + records, 0);
    if (left > 0) this.logger.error({ records: left }, 'records could not be kept before the end');
    await Promise.all([outbox.close(), decisions.close()]);
    return left;
  }

  /** Closes the connections to providers. */
  async disconnect(): Promise<void> {
    await this.parts.dispatcher.destroy();
  }

  private get server(): Server {
    return this.app.getHttpServer();
  }

  private get servers(): Server[] {
    return this.adminServer === undefined ? [this.server] : [this.server, this.adminServer];
  }

  private closeAdminServer(): Promise<void> {
    return new Promise((resolve) => {
      if (this.adminServer === undefined) resolve();
      else
        this.adminServer.close(() => {
          resolve();
        });
    });
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
