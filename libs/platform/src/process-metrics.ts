import { startMetrics } from './metrics.js';

/** What the process takes from its machine, in the names of OpenTelemetry's conventions; read when scraped. */
export function observeProcess(): void {
  const meter = startMetrics().getMeter('signalbox.process');
  meter
    .createObservableCounter('process.cpu.time', { description: 'CPU time spent.', unit: 's' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1_000_000, { 'process.cpu.state': 'user' });
      result.observe(system / 1_000_000, { 'process.cpu.state': 'system' });
    });
  meter
    .createObservableGauge('process.memory.usage', { description: 'Memory held.', unit: 'By' })
    .addCallback((result) => {
      result.observe(process.memoryUsage.rss());
    });
}
