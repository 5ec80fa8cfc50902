// Telemetry preload: `node --import @signalbox/platform/register apps/<name>/dist/main.js`. It must run before the
// service is loaded, because metrics and spans are made while modules load.
import { readTelemetryConfig } from './config.js';
import { startTelemetry } from './telemetry.js';

await startTelemetry(readTelemetryConfig());
