import type { TelemetryConfig } from './config.js';
import { startMetrics } from './metrics.js';
import { observeProcess } from './process-metrics.js';

let stopTracing: (() => Promise<void>) | undefined;

/**
 * Starts metrics, and tracing when a collector is configured. Without one no tracing code and no import hook is
 * even loaded: instrumentation of every call costs about a third of the throughput, recorded or not.
 */
export async function startTelemetry(config: TelemetryConfig): Promise<void> {
  const meterProvider = startMetrics(config.service);
  observeProcess();
  const { RuntimeNodeInstrumentation } = await import('@opentelemetry/instrumentation-runtime-node');
  new RuntimeNodeInstrumentation().setMeterProvider(meterProvider);
  if (config.collectorUrl === undefined) return;
  const { startTracing } = await import('./tracing.js');
  stopTracing = startTracing(config.service, config.collectorUrl, config.sampleRatio);
}

/**
 * Sends the last spans and stops tracing; metrics stay readable until the process ends. To be called as the last
 * step of a shutdown, not from a signal listener: the spans of the requests still running would be lost.
 */
export async function shutdownTelemetry(): Promise<void> {
  const stop = stopTracing;
  stopTracing = undefined;
  await stop?.();
}
