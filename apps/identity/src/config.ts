import { logLevels, readProcessConfig } from '@signalbox/platform';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const environmentSchema = z.object({
  NATS_URL: z.string().min(1),
  DATABASE_URL: z.string().min(1),
  /** Connections to Postgres of one replica. */
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000).default(10),
  HOST: z.string().default('127.0.0.1'),
  OPS_HOST: z.string().optional(),
  OPS_PORT: port.default(0),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

export interface IdentityConfig {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly maxDatabaseConnections: number;
  readonly opsHost: string;
  /** 0 takes any free port. */
  readonly opsPort: number;
  readonly logLevel: (typeof logLevels)[number];
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): IdentityConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    natsUrl: environment.NATS_URL,
    databaseUrl: environment.DATABASE_URL,
    maxDatabaseConnections: environment.DATABASE_MAX_CONNECTIONS,
    opsHost: environment.OPS_HOST ?? environment.HOST,
    opsPort: environment.OPS_PORT,
    logLevel: environment.LOG_LEVEL,
  };
}
