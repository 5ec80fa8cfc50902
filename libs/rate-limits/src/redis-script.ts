import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** A Lua script: one atomic step on Redis. */
export interface RedisScript {
  /** Runs the step; the script is sent in full only to a server that does not know it yet. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/**
 * Puts a script together from the `.lua` files of a folder (a URL that ends in a slash), shared parts first
 * and the step last. The names of steps end in the number of their keys, `n` where the caller decides it.
 */
export function loadScript(folder: URL, ...names: readonly string[]): RedisScript {
  const source = names.map((name) => readFileSync(new URL(`${name}.lua`, folder), 'utf8')).join('\n');
  const digest = createHash('sha1').update(source).digest('hex');
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return redis.eval(source, keys.length, ...keys, ...args);
      }
    },
  };
}

/** A server that was restarted, flushed or failed over knows no scripts. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
