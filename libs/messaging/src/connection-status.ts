import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@signalbox/platform';
import { within } from './within.js';

/** `connected` is told once to a new listener, the others when they happen. */
export type BusStatus = 'connected' | 'disconnected' | 'reconnected' | 'closed';
export type StatusHandler = (status: BusStatus) => void;

/** Knows whether the broker can be reached and tells who wants to hear it. */
export class ConnectionStatus {
  private current: BusStatus = 'connected';
  private readonly handlers = new Set<StatusHandler>();

  constructor(
    connection: NatsConnection,
    private readonly logger: Logger,
  ) {
    void this.follow(connection);
  }

  get isConnected(): boolean {
    return this.current === 'connected' || this.current === 'reconnected';
  }

  /** Tells the handler the present state at once and every change after it. Returns what ends that. */
  onStatus(handler: StatusHandler): () => void {
    this.handlers.add(handler);
    handler(this.isConnected ? 'connected' : this.current);
    return () => this.handlers.delete(handler);
  }

  /** True as soon as the broker can be reached, false when that took longer than the time given. */
  async connectedWithin(milliseconds: number): Promise<boolean> {
    if (this.isConnected) return true;
    if (this.current === 'closed' || milliseconds <= 0) return false;
    let stopListening: (() => void) | undefined;
    const changed = new Promise<void>((resolve) => {
      stopListening = this.onStatus((status) => {
        if (status !== 'disconnected') resolve();
      });
    });
    await within(milliseconds, changed);
    stopListening?.();
    return this.isConnected;
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.change('disconnected', { server: status.server });
      if (status.type === 'reconnect') this.change('reconnected', { server: status.server });
      if (status.type === 'error') this.logger.warn({ error: status.error }, 'the broker reports an error');
    }
    this.change('closed', {});
  }

  private change(status: BusStatus, details: object): void {
    if (this.current === status) return;
    this.current = status;
    if (status === 'disconnected') this.logger.warn(details, 'bus disconnected, reconnecting');
    else this.logger.info(details, `bus ${status}`);
    for (const handler of [...this.handlers]) handler(status);
  }
}
