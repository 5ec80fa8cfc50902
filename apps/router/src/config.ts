import type { Environment } from '@signalbox/config';
import {
  readProcessConfig,
  serviceConfigOf,
  serviceVariables,
  type ServiceConfig,
} from '@signalbox/platform';
import { z } from 'zod';

const environmentSchema = z.object({
  ...serviceVariables,
  SIGNALBOX_CONFIG: z.string(),
  REDIS_URL: z.string().optional(),
});

export interface RouterConfig extends ServiceConfig {
  /** Path of config.yaml. */
  readonly configPath: string;
  /** Wins over `router_settings`. */
  readonly redisUrl: string | undefined;
  /** What `os.environ/NAME` in config.yaml refers to. */
  readonly environment: Environment;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): RouterConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    ...serviceConfigOf(environment),
    configPath: environment.SIGNALBOX_CONFIG,
    redisUrl: environment.REDIS_URL,
    environment: process.env,
  };
}
