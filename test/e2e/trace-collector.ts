import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A span as it came over OTLP, flattened. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface OtlpAttribute {
  key: string;
  value: Record<string, unknown>;
}
interface OtlpExport {
  resourceSpans?: {
    resource?: { attributes?: OtlpAttribute[] };
    scopeSpans?: {
      spans?: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        attributes?: OtlpAttribute[];
      }[];
    }[];
  }[];
}

/** The receiving end of OTLP over HTTP with JSON: what an OpenTelemetry collector would get. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** Every export as it came. */
  readonly payloads: string[] = [];
  private readonly server = createServer((request, response) => {
    void this.receive(request).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The spans from the given one up to the root of what was collected, itself first. */
  lineOf(span: CollectedSpan): CollectedSpan[] {
    const line: CollectedSpan[] = [];
    for (let at: CollectedSpan | undefined = span; at !== undefined; at = this.parentOf(at)) line.push(at);
    return line;
  }

  private parentOf(span: CollectedSpan): CollectedSpan | undefined {
    return this.spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId);
  }

  private async receive(request: IncomingMessage): Promise<void> {
    const text = (await buffer(request)).toString('utf8');
    this.payloads.push(text);
    for (const { resource, scopeSpans = [] } of (JSON.parse(text) as OtlpExport).resourceSpans ?? []) {
      const service = String(attributesOf(resource?.attributes)['service.name']);
      for (const span of scopeSpans.flatMap(({ spans = [] }) => spans)) {
        const { name, traceId, spanId, parentSpanId = '' } = span;
        this.spans.push({
          service,
          name,
          traceId,
          spanId,
          parentSpanId,
          attributes: attributesOf(span.attributes),
        });
      }
    }
  }
}

function attributesOf(attributes: readonly OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
