import {
  readProcessConfig,
  serviceConfigOf,
  serviceVariables,
  type ServiceConfig,
} from '@signalbox/platform';
import { z } from 'zod';

const environmentSchema = z.object({
  ...serviceVariables,
  DATABASE_URL: z.string(),
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000).default(10),
});

export interface IdentityConfig extends ServiceConfig {
  readonly databaseUrl: string;
  /** Connections to Postgres of one replica. */
  readonly maxDatabaseConnections: number;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): IdentityConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    ...serviceConfigOf(environment),
    databaseUrl: environment.DATABASE_URL,
    maxDatabaseConnections: environment.DATABASE_MAX_CONNECTIONS,
  };
}
