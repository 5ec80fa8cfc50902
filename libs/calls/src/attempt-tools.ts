import type { Deployment, TokenCounts, UsageRecord } from '@signalbox/contracts';
import type { FallbackKind, RouteFacts } from '@signalbox/routing';
import type { IncomingHttpHeaders } from 'node:http';
import type { CallSettings } from './call-settings.js';
import type { UpstreamDispatcher } from './upstream/open-upstream.js';

/** Takes the record of every attempt, exactly one of each. Never throws and never waits. */
export interface UsageSink {
  add(record: UsageRecord): void;
}

/** What is counted of calls. */
export interface CallMetrics {
  /** @param status of the provider; 0: no answer. */
  upstream(deployment: Deployment, status: number, durationMs: number): void;
  tokens(deployment: Deployment, tokens: TokenCounts): void;
  retry(): void;
  fallback(kind: FallbackKind): void;
}

/** Hears of attempts that failed and why: numbers and kinds, nothing of a prompt. */
export interface CallLogger {
  warn(details: object, message: string): void;
}

/** What every attempt works with; the same for all of them. */
export interface AttemptTools {
  readonly dispatcher: UpstreamDispatcher;
  /** The settings in force now; they may be replaced at any time. */
  readonly settings: { readonly current: CallSettings };
  readonly facts: RouteFacts;
  /** Learns from the headers of answers where a deployment is. */
  readonly learned: { observe(deployment: Deployment, headers: IncomingHttpHeaders): void };
  readonly outbox: UsageSink;
  readonly metrics: CallMetrics;
  readonly logger: CallLogger;
  /** Told in `x-litellm-version`. */
  readonly version: string;
  /** Largest whole answer taken from a provider, bytes. */
  readonly maxAnswerBytes: number;
  /** True while the process shuts down: answers then ask the client to close its connection. */
  readonly isDraining: () => boolean;
}
