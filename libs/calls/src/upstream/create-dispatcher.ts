import { Agent } from 'undici';

export interface DispatcherOptions {
  /** Connections per provider endpoint; further requests wait for one, within their own deadline. */
  readonly connections: number;
  /** How long a connection may take to be made, milliseconds. */
  readonly connectTimeoutMs: number;
}

/** Makes the pool of provider connections. It follows no redirects: they could lead out of the region. */
export function createDispatcher({ connections, connectTimeoutMs }: DispatcherOptions): Agent {
  return new Agent({
    connections,
    connect: { timeout: connectTimeoutMs },
    // One request per connection at a time: a slow answer must not hold up another caller's.
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 300_000,
    // Ends the use of a connection that much before the provider does, which would look like a failure.
    keepAliveTimeoutThreshold: 2_000,
    maxOrigins: Number.POSITIVE_INFINITY,
  });
}
