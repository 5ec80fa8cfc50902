import { logLevels, readProcessConfig, type LogLevel } from '@signalbox/platform';
import { z } from 'zod';

const environmentSchema = z.object({
  NATS_URL: z.string(),
  REDIS_URL: z.string(),
  HOST: z.string().default('127.0.0.1'),
  OPS_HOST: z.string().optional(),
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

export interface UsageConfig {
  readonly natsUrl: string;
  /** Must be the Redis that the router uses: its reservations are settled there. */
  readonly redisUrl: string;
  readonly opsHost: string;
  /** 0 takes any free port. */
  readonly opsPort: number;
  readonly logLevel: LogLevel;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): UsageConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    natsUrl: environment.NATS_URL,
    redisUrl: environment.REDIS_URL,
    opsHost: environment.OPS_HOST ?? environment.HOST,
    opsPort: environment.OPS_PORT,
    logLevel: environment.LOG_LEVEL,
  };
}
