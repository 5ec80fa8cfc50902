import { readFileSync } from 'node:fs';
import type { Environment } from '@signalbox/config';
import {
  portVariable,
  readProcessConfig,
  serviceConfigOf,
  serviceVariables,
  type ServiceConfig,
} from '@signalbox/platform';
import { z } from 'zod';
import { defaultLimits, type GatewayLimits } from './gateway-options.js';

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

const environmentSchema = z.object({
  ...serviceVariables,
  SIGNALBOX_CONFIG: z.string(),
  PORT: portVariable.default(4_000),
  GATEWAY_REQUEST_TIMEOUT_MS: milliseconds.default(defaultLimits.requestTimeoutMs),
  GATEWAY_IDENTITY_LEASE_MS: milliseconds.default(defaultLimits.identityLeaseMs),
  GATEWAY_SHUTDOWN_GRACE_MS: milliseconds.default(30_000),
});

export interface GatewayConfig extends ServiceConfig {
  /** Path of config.yaml. */
  readonly configPath: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
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
    ...serviceConfigOf(environment),
    configPath: environment.SIGNALBOX_CONFIG,
    host: environment.HOST,
    port: environment.PORT,
    limits: {
      ...defaultLimits,
      requestTimeoutMs: environment.GATEWAY_REQUEST_TIMEOUT_MS,
      identityLeaseMs: environment.GATEWAY_IDENTITY_LEASE_MS,
    },
    shutdownGraceMs: environment.GATEWAY_SHUTDOWN_GRACE_MS,
    version: ownVersion(),
    environment: process.env,
  };
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
