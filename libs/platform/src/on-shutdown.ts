import type { Logger } from './logger.js';

export interface ShutdownStep {
  readonly name: string;
  /** May return a promise; the next step waits for it. */
  readonly run: () => unknown;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** How long all steps together may take, in milliseconds; 10 s unless told. */
  readonly timeLimitMs?: number;
}

/**
 * Ends the process in order on SIGTERM, SIGINT, or when the parent that started it with an IPC channel is gone (so
 * nothing is left running): runs the steps one after the other, a failed one does not stop the next, and exits with
 * 0. Exits with 1 when a step failed, when the time is up, and at once on a second signal.
 */
export function onShutdown(
  steps: readonly ShutdownStep[],
  { logger, timeLimitMs = 10_000 }: ShutdownOptions,
): void {
  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) {
      logger.warn({ reason }, 'asked to stop a second time, exiting at once');
      process.exit(1);
    }
    isStopping = true;
    logger.info({ reason }, 'shutting down');
    setTimeout(() => {
      logger.error({ timeLimitMs }, 'shutdown took too long, exiting');
      process.exit(1);
    }, timeLimitMs).unref();
    void runSteps(steps, logger).then((isClean) => {
      logger.info('stopped');
      process.exit(isClean ? 0 : 1);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.connected) {
    process.once('disconnect', () => {
      if (!isStopping) stop('the parent process is gone');
    });
  }
}

async function runSteps(steps: readonly ShutdownStep[], logger: Logger): Promise<boolean> {
  let isClean = true;
  for (const step of steps) {
    try {
      await step.run();
    } catch (error) {
      isClean = false;
      logger.error({ step: step.name, error }, 'a shutdown step failed');
    }
  }
  return isClean;
}
