import type { Environment } from '@signalbox/config';
import {
  readProcessConfig,
  serviceConfigOf,
  serviceVariables,
  type ServiceConfig,
} from '@signalbox/platform';
import { z } from 'zod';
import { withoutPostgres, type WithoutPostgres } from './start-usage.js';

const environmentSchema = z.object({
  ...serviceVariables,
  SIGNALBOX_CONFIG: z.string(),
  NATS_STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  REDIS_URL: z.string(),
  DATABASE_URL: z.string(),
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(1).max(1_000).default(5),
  USAGE_WITHOUT_POSTGRES: z.enum(withoutPostgres).default('ready'),
  DECISIONS_SIGNING_KEY_FILE: z.string(),
  DECISIONS_RETENTION_DAYS: z.coerce.number().int().min(1).optional(),
});

export interface UsageConfig extends ServiceConfig {
  /** Path of config.yaml. */
  readonly configPath: string;
  /** What `os.environ/NAME` in config.yaml refers to. */
  readonly environment: Environment;
  /** Servers of a NATS cluster that each keep what gateways have recorded. */
  readonly streamReplicas: number;
  /** Must be the Redis that the router uses: its reservations are settled there. */
  readonly redisUrl: string;
  /** Where the ledger is. */
  readonly databaseUrl: string;
  /** Connections to Postgres of one replica. */
  readonly maxDatabaseConnections: number;
  readonly withoutPostgres: WithoutPostgres;
  /** Where the key is that heads of decision chains are signed with; made there at the first start. */
  readonly signingKeyFile: string;
  /** After how long decision records are deleted, days; undefined: never. */
  readonly decisionRetentionDays: number | undefined;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): UsageConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    ...serviceConfigOf(environment),
    configPath: environment.SIGNALBOX_CONFIG,
    environment: process.env,
    streamReplicas: environment.NATS_STREAM_REPLICAS,
    redisUrl: environment.REDIS_URL,
    databaseUrl: environment.DATABASE_URL,
    maxDatabaseConnections: environment.DATABASE_MAX_CONNECTIONS,
    withoutPostgres: environment.USAGE_WITHOUT_POSTGRES,
    signingKeyFile: environment.DECISIONS_SIGNING_KEY_FILE,
    decisionRetentionDays: environment.DECISIONS_RETENTION_DAYS,
  };
}

const pretendSchema = z.object({
  DATABASE_URL: z.string(),
  PRETEND_ATTEMPTS: z.coerce.number().int().min(1).max(1_000_000_000),
  PRETEND_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
});

/** The same for the command that fills an empty ledger. */
export function readPretendConfig(): { databaseUrl: string; attempts: number; days: number } {
  const environment = readProcessConfig(pretendSchema, process.env);
  return {
    databaseUrl: environment.DATABASE_URL,
    attempts: environment.PRETEND_ATTEMPTS,
    days: environment.PRETEND_DAYS,
  };
}

const rebuildSchema = z.object({ NATS_URL: z.string(), REDIS_URL: z.string(), DATABASE_URL: z.string() });

/** The same for the command that counts the ledger anew. */
export function readRebuildConfig(): { natsUrl: string; redisUrl: string; databaseUrl: string } {
  const environment = readProcessConfig(rebuildSchema, process.env);
  return {
    natsUrl: environment.NATS_URL,
    redisUrl: environment.REDIS_URL,
    databaseUrl: environment.DATABASE_URL,
  };
}
