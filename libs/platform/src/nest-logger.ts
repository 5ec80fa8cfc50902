import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * Lets Nest write through our logger. Nest passes a message, perhaps a stack, and last the name of the class that
 * speaks, which becomes `context`. Nest's own start-up chatter goes to `debug`.
 */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: Level) =>
    (message: unknown, ...rest: unknown[]): void => {
      writeLine(logger, level, message, rest);
    };
  return {
    fatal: write('fatal'),
    error: write('error'),
    warn: write('warn'),
    log: write('debug'),
    debug: write('debug'),
    verbose: write('trace'),
  };
}

function writeLine(logger: Logger, level: Level, message: unknown, rest: unknown[]): void {
  const texts = rest.filter((part) => typeof part === 'string');
  const context = texts.at(-1);
  const stack = texts.length > 1 ? texts[0] : undefined;
  const fields = { ...(context !== undefined && { context }), ...(stack !== undefined && { stack }) };
  if (message instanceof Error) {
    logger[level]({ ...fields, error: message }, message.message);
  } else if (typeof message === 'string') {
    logger[level](fields, message);
  } else {
    logger[level]({ ...fields, detail: message }, 'message of the framework');
  }
}
