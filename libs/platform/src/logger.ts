import { isSpanContextValid, trace } from '@opentelemetry/api';
import {
  pino,
  stdSerializers,
  stdTimeFunctions,
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
} from 'pino';
import { redactSecrets } from './redact-secrets.js';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Name of the service; stands in every line. */
  readonly service: string;
  /** Lines below this level are dropped; `info` unless told. */
  readonly level?: LogLevel;
  /** Where lines go; standard output unless told. */
  readonly destination?: DestinationStream;
}

/**
 * Makes the JSON logger of a service: one object per line with `level`, `time` (ISO), `service`, `msg` and, inside
 * a sampled trace, `traceId` and `spanId`. Credentials, cookies and bodies are replaced by `[redacted]`, so that a
 * careless log call cannot leak them. Errors go under `error`.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      base: { service },
      errorKey: 'error',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactSecrets },
      serializers: { error: serializeError },
      mixin: traceFields,
    },
    destination ?? pino.destination(1),
  );
  return redactChildren(logger);
}

/** Pino's formatters do not see what a child logger is bound to, so it is looked through here. */
function redactChildren(logger: Logger): Logger {
  const makeChild = Reflect.get(logger, 'child') as (...args: unknown[]) => unknown;
  return Object.defineProperty(logger, 'child', {
    value: function (this: Logger, bindings: Bindings, options?: ChildLoggerOptions): unknown {
      return makeChild.call(this, redactSecrets(bindings), options);
    },
  });
}

/** Whatever was thrown; an error's own fields (an HTTP client's request, for one) are looked through too. */
function serializeError(thrown: unknown): unknown {
  return thrown instanceof Error ? redactSecrets(stdSerializers.errWithCause(thrown)) : thrown;
}

function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return {};
  const context = span.spanContext();
  return isSpanContextValid(context) ? { traceId: context.traceId, spanId: context.spanId } : {};
}
