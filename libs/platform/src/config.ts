import { basename, dirname } from 'node:path';

/** What the telemetry preload needs to know. */
export interface TelemetryConfig {
  readonly service: string;
  /** Base address of an OTLP/HTTP collector; without it nothing is traced. */
  readonly collectorUrl: string | undefined;
  /** Share of traces begun here that are sampled, 0 to 1. */
  readonly sampleRatio: number;
}

/**
 * Reads the telemetry settings of this process. The service is named after its folder in apps/, because the preload
 * runs before the service could say its name.
 */
export function readTelemetryConfig(
  environment: NodeJS.ProcessEnv = process.env,
  script: string | undefined = process.argv[1],
): TelemetryConfig {
  return {
    service: textOf(environment['OTEL_SERVICE_NAME']) ?? `signalbox-${folderOf(script)}`,
    collectorUrl: textOf(environment['OTEL_EXPORTER_OTLP_ENDPOINT']),
    sampleRatio: ratioOf(environment['OTEL_TRACES_SAMPLER_ARG']),
  };
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function ratioOf(value: string | undefined): number {
  const ratio = Number(textOf(value) ?? '1');
  return ratio >= 0 && ratio <= 1 ? ratio : 1;
}

function folderOf(script: string | undefined): string {
  return script === undefined ? 'process' : basename(dirname(dirname(script)));
}
