import type { Logger } from './logger.js';

/** What a service tells whoever started it, over Node's IPC channel. */
export interface ReadyMessage {
  readonly type: 'signalbox.ready';
  readonly service: string;
  readonly httpPort?: number;
  readonly opsPort: number;
}

/**
 * Says that the service takes work: one log line and, when it was started with an IPC channel, a message to the
 * parent, which learns the ports in this way when it asked for any free one.
 */
export function reportReady(ready: Omit<ReadyMessage, 'type'>, logger: Logger): void {
  logger.info({ httpPort: ready.httpPort, opsPort: ready.opsPort }, `${ready.service} is ready`);
  const message: ReadyMessage = { type: 'signalbox.ready', ...ready };
  process.send?.(message);
}
