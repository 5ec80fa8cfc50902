import type { Environment } from '@signalbox/config';
import { logLevels, readProcessConfig, type LogLevel } from '@signalbox/platform';
import { z } from 'zod';
import { defaultLimits, type GatewayLimits } from './gateway-options.js';

const port = z.coerce.number().int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

const environmentSchema = z.object({
  SIGNALBOX_CONFIG: z.string(),
  NATS_URL: z.string(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4_000),
  OPS_HOST: z.string().optional(),
  OPS_PORT: port.default(0),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  GATEWAY_REQUEST_TIMEOUT_MS: milliseconds.default(defaultLimits.requestTimeoutMs),
  GATEWAY_IDENTITY_LEASE_MS: milliseconds.default(defaultLimits.identityLeaseMs),
  GATEWAY_SHUTDOWN_GRACE_MS: milliseconds.default(30_000),
});

export interface GatewayConfig {
  /** Path of config.yaml. */
  readonly configPath: string;
  readonly natsUrl: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly logLevel: LogLevel;
  readonly limits: GatewayLimits;
  /** How long calls under way may take to finish at shutdown, milliseconds. */
  readonly shutdownGraceMs: number;
  /** Told in `x-litellm-version`. */
  readonly version: string;
  /** What `os.environ/NAME` in config.yaml refers to. */
  readonly environment: Environment;
}

/** Reads the environment of this process, or ends it with one sentence that names what is missing. */
export function readConfig(): GatewayConfig {
  const environment = readProcessConfig(environmentSchema, process.env);
  return {
    configPath: environment.SIGNALBOX_CONFIG,
    natsUrl: environment.NATS_URL,
    host: environment.HOST,
    port: environment.PORT,
    opsHost: environment.OPS_HOST ?? environment.HOST,
    opsPort: environment.OPS_PORT,
    logLevel: environment.LOG_LEVEL,
    limits: {
      ...defaultLimits,
      requestTimeoutMs: environment.GATEWAY_REQUEST_TIMEOUT_MS,
      identityLeaseMs: environment.GATEWAY_IDENTITY_LEASE_MS,
    },
    shutdownGraceMs: environment.GATEWAY_SHUTDOWN_GRACE_MS,
    version: '0.1.0',
    environment: process.env,
  };
}
