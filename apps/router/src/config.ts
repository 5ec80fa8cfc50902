import type { Environment } from '@signalbox/config';
import { logLevels, readProcessConfig, type LogLevel } from '@signalbox/platform';
import { z } from 'zod';

const environmentSchema = z.object({
  SIGNALBOX_CONFIG: z.string(),
  NATS_URL: z.string(),
  REDIS_URL: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  OPS_HOST: z.string().optional(),
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

export interface RouterConfig {
  /** Path of config.yaml. */
  readonly configPath: string;
  readonly natsUrl: string;
  /** Wins over `router_settings`. */
  readonly redisUrl: string | undefined;
  readonly opsHost: string;
  /** 0 takes any free port. */
  readonly opsPort: number;
  readonly logLevel: LogLevel;
  /** What `os.environ/NAME` in config.yaml refers to. */
  readonly environment: Environment;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): RouterConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    configPath: environment.SIGNALBOX_CONFIG,
    natsUrl: environment.NATS_URL,
    redisUrl: environment.REDIS_URL,
    opsHost: environment.OPS_HOST ?? environment.HOST,
    opsPort: environment.OPS_PORT,
    logLevel: environment.LOG_LEVEL,
    environment: process.env,
  };
}
