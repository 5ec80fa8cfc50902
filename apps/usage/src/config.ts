import {
  readProcessConfig,
  serviceConfigOf,
  serviceVariables,
  type ServiceConfig,
} from '@signalbox/platform';
import { z } from 'zod';

const environmentSchema = z.object({ ...serviceVariables, REDIS_URL: z.string() });

export interface UsageConfig extends ServiceConfig {
  /** Must be the Redis that the router uses: its reservations are settled there. */
  readonly redisUrl: string;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): UsageConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return { ...serviceConfigOf(environment), redisUrl: environment.REDIS_URL };
}
