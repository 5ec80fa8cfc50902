import { z } from 'zod';
import { logLevels, type LogLevel } from './logger.js';

/** A port to listen on; 0 takes any free one. */
export const portVariable = z.coerce.number().int().min(0).max(65_535);

/** The variables that every service reads, for the schema of its environment. */
export const serviceVariables = {
  NATS_URL: z.string(),
  HOST: z.string().default('127.0.0.1'),
  OPS_HOST: z.string().optional(),
  OPS_PORT: portVariable.default(0),
  LOG_LEVEL: z.enum(logLevels).default('info'),
};

/** What every service is told. */
export interface ServiceConfig {
  readonly natsUrl: string;
  /** Where health and metrics are served; the host of the service unless told. */
  readonly opsHost: string;
  /** 0 takes any free port. */
  readonly opsPort: number;
  readonly logLevel: LogLevel;
}

type ServiceEnvironment = z.output<z.ZodObject<typeof serviceVariables>>;

/** Names what the checked variables say. */
export function serviceConfigOf(environment: ServiceEnvironment): ServiceConfig {
  return {
    natsUrl: environment.NATS_URL,
    opsHost: environment.OPS_HOST ?? environment.HOST,
    opsPort: environment.OPS_PORT,
    logLevel: environment.LOG_LEVEL,
  };
}
