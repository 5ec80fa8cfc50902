import { LoadConnection, type Outcome } from './load-connection.js';
import type { LoadOrder, LoadReport } from './load.js';
import { quantile } from './statistics.js';

// A process of its own, so that its CPU time is nobody else's. One order at a time, over IPC.

const GIVE_UP_AFTER_MS = 10_000;

/** One window of load. */
class Run {
  private readonly latencies: number[] = [];
  private readonly waiting: number[] = [];
  private readonly idle: LoadConnection[] = [];
  private readonly request: Buffer;
  private inFlight = 0;
  private errors = 0;
  private firstError: string | undefined;
  private over = false;
  private finished: () => void = () => undefined;

  constructor(private readonly order: LoadOrder) {
    this.request = Buffer.from(order.request, 'base64');
  }

  async execute(): Promise<LoadReport> {
    const connections = await Promise.all(
      Array.from({ length: this.order.connections }, () =>
        LoadConnection.open(this.order.port, this.order.expectedTail),
      ),
    );
    this.idle.push(...connections);
    const startedAt = performance.now();
    const drained = new Promise<void>((resolve) => (this.finished = resolve));
    const stopSending =
      this.order.ratePerSecond === undefined ? this.saturate() : this.pace(this.order.ratePerSecond);
    setTimeout(() => {
      this.over = true;
      stopSending();
      if (this.inFlight === 0) this.finished();
    }, this.order.durationMs);
    const giveUp = setTimeout(() => {
      this.fail(`${this.inFlight} requests had no answer ${GIVE_UP_AFTER_MS} ms after the end`);
      this.finished();
    }, this.order.durationMs + GIVE_UP_AFTER_MS);
    await drained;
    clearTimeout(giveUp);
    for (const connection of connections) connection.close();
    return this.report(performance.now() - startedAt);
  }

  private saturate(): () => void {
    for (const connection of this.idle.splice(0)) this.start(connection, performance.now());
    return () => undefined;
  }

  private pace(ratePerSecond: number): () => void {
    const startedAt = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.floor(((now - startedAt) / 1_000) * ratePerSecond);
      for (; sent < due; sent += 1) {
        const connection = this.idle.pop();
        if (connection === undefined) this.waiting.push(now);
        else this.start(connection, now);
      }
    }, 1);
    return () => {
      clearInterval(timer);
      this.waiting.length = 0;
    };
  }

  private start(connection: LoadConnection, dueAt: number): void {
    this.inFlight += 1;
    connection.send(this.request, (outcome) => {
      this.complete(connection, dueAt, outcome);
    });
  }

  private complete(connection: LoadConnection, dueAt: number, outcome: Outcome): void {
    this.inFlight -= 1;
    if (outcome.ok) this.latencies.push(performance.now() - dueAt);
    else this.fail(outcome.error);
    if (this.over) {
      if (this.inFlight === 0) this.finished();
      return;
    }
    if (!connection.isOpen) return;
    if (this.order.ratePerSecond === undefined) this.start(connection, performance.now());
    else {
      const dueNext = this.waiting.shift();
      if (dueNext === undefined) this.idle.push(connection);
      else this.start(connection, dueNext);
    }
  }

  private fail(error: string): void {
    this.errors += 1;
    this.firstError ??= error;
  }

  private report(elapsedMs: number): LoadReport {
    const sorted = Float64Array.from(this.latencies).sort();
    return {
      requests: this.latencies.length,
      errors: this.errors,
      ...(this.firstError === undefined ? {} : { firstError: this.firstError }),
      elapsedMs,
      latency: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
    };
  }
}

process.on('message', (order) => {
  new Run(order as LoadOrder).execute().then(
    (report) => process.send?.({ type: 'report', report }),
    (error: unknown) =>
      process.send?.({ type: 'report', report: { requests: 0, errors: 1, firstError: String(error) } }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'listening' });
