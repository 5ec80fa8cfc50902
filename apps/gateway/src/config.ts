import { readFileSync } from 'node:fs';
import path from 'node:path';
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
  USAGE_SPILL_DIRECTORY: z.string().optional(),
  USAGE_SPILL_MAX_MB: z.coerce.number().int().min(1).default(1_024),
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
  /** Where usage goes while the bus is away; absent: it waits in memory. */
  readonly usageSpill: { readonly directory: string; readonly maxBytes: number } | undefined;
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
    usageSpill:
      environment.USAGE_SPILL_DIRECTORY === undefined
        ? undefined
        : {
            directory: path.resolve(environment.USAGE_SPILL_DIRECTORY),
            maxBytes: environment.USAGE_SPILL_MAX_MB * 1024 * 1024,
          },
    version: ownVersion(),
    environment: process.env,
  };
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
