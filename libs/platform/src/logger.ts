import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

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

/** What never reaches a log, wherever it hangs in the first three levels of a line. */
const secretFields = [
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'api_key',
  'apiKey',
  'key',
  'masterKey',
  'master_key',
  'password',
  'secret',
  'cookie',
  'set-cookie',
  'databaseUrl',
  'redisUrl',
  'body',
  'messages',
  'prompt',
];

/**
 * Makes the JSON logger of a service: one object per line with `level`, `time` (ISO), `service`, `msg` and, inside
 * a sampled trace, `traceId` and `spanId`. Credentials, cookies and bodies are replaced by `[redacted]`, so that a
 * careless log call cannot leak them. Errors go under `error`.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      errorKey: 'error',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.errWithCause },
      mixin: traceFields,
      redact: { paths: secretFields.flatMap(pathsOf), censor: '[redacted]' },
    },
    destination ?? pino.destination(1),
  );
}

/** A logger whose lines carry the id of the request they belong to (`requestId`). */
export function forRequest(logger: Logger, requestId: string): Logger {
  return logger.child({ requestId });
}

function pathsOf(field: string): string[] {
  const quoted = `["${field}"]`;
  return [quoted, `*${quoted}`, `*.*${quoted}`];
}

function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return {};
  const context = span.spanContext();
  return isSpanContextValid(context) ? { traceId: context.traceId, spanId: context.spanId } : {};
}
