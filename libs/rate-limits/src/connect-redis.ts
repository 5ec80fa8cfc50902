import { Redis } from 'ioredis';

export interface RedisConnection {
  /** `redis://host:port/db`, `rediss://` for TLS. */
  readonly url: string;
  /** Shown by Redis in `CLIENT LIST`. */
  readonly name: string;
  /** Told of every broken connection; the client reconnects by itself. */
  readonly onError: (error: Error) => void;
  /** After how many milliseconds a command that got no answer fails; 1 s unless told. */
  readonly commandTimeoutMs?: number;
}

/**
 * A client for the limit store: it fails within `commandTimeoutMs` rather than queue while Redis is away,
 * and comes back by itself within half a second of Redis doing so.
 */
export function connectRedis({ url, name, onError, commandTimeoutMs = 1_000 }: RedisConnection): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    // Redis before 7.2 does not know CLIENT SETINFO and answers with an error.
    disableClientInfo: true,
    commandTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 1,
    // What was sent may have been done: the caller decides whether to send it again.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  });
  redis.on('error', onError);
  return redis;
}
