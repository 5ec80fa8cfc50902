import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  metrics,
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  type ObservableGauge,
} from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

interface Running {
  readonly exporter: PrometheusExporter;
  readonly provider: MeterProvider;
}

let running: Running | undefined;

/**
 * Starts collecting metrics for this process and makes the provider the global one. Called by the telemetry
 * preload; whoever asks for a metric without it (a test) starts it here with an unnamed service. Metrics are
 * always on: they cost a few additions per request, and are read only when somebody scrapes.
 */
export function startMetrics(service = 'signalbox'): MeterProvider {
  running ??= createProvider(service);
  return running.provider;
}

function createProvider(service: string): Running {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const provider = new MeterProvider({
    readers: [exporter],
    resource: resourceFromAttributes({ 'service.name': service }),
  });
  metrics.setGlobalMeterProvider(provider);
  return { exporter, provider };
}

/** Answers a request with all metrics of this process in Prometheus' text format. */
export function handleMetricsRequest(request: IncomingMessage, response: ServerResponse): void {
  startMetrics();
  running?.exporter.getMetricsRequestHandler(request, response);
}

function meter(): Meter {
  return startMetrics().getMeter('signalbox');
}

/** A number that only grows. Name it `signalbox_<noun>`; Prometheus shows it with `_total`. */
export function counter(name: string, description: string): Counter {
  return meter().createCounter(name, { description });
}

/** A total of one set of labels. */
export interface Total {
  add(amount: number): void;
}

/**
 * Totals that a hot path adds to: the labels are given once, adding is an addition, and the numbers are read only when
 * somebody scrapes. A `counter` looks its labels up each time. Ask once for each set of labels and keep what comes.
 */
export function totals(name: string, description: string): (labels: Attributes) => Total {
  const series: { readonly labels: Attributes; value: number }[] = [];
  meter()
    .createObservableCounter(name, { description })
    .addCallback((result) => {
      for (const { labels, value } of series) result.observe(value, labels);
    });
  return (labels) => {
    const one = { labels, value: 0 };
    series.push(one);
    return {
      add(amount) {
        one.value += amount;
      },
    };
  };
}

/** A number that is asked for only when somebody scrapes. */
export function observedGauge(name: string, description: string, read: () => number): ObservableGauge {
  const observed = meter().createObservableGauge(name, { description });
  observed.addCallback((result) => {
    result.observe(read());
  });
  return observed;
}

/** Buckets from 1 ms to 2 minutes, in seconds: upstream answers of language models are slow. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** A distribution of durations, recorded in seconds. */
export function durationHistogram(name: string, description: string): Histogram {
  return meter().createHistogram(name, {
    description,
    unit: 's',
    advice: { explicitBucketBoundaries: durationBuckets },
  });
}
