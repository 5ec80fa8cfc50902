import type { Logger } from './logger.js';

/**
 * An error nobody caught leaves the process in an unknown state: it is logged and the process exits with 1, so that
 * its supervisor starts a fresh one.
 */
export function exitOnFatalError(logger: Logger): void {
  const exit = (error: unknown): void => {
    logger.fatal({ error }, 'uncaught error, exiting');
    process.exit(1);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
}
