import type { CallMetrics } from '@signalbox/calls';
import type { Deployment, TokenCounts } from '@signalbox/contracts';
import type { FallbackKind } from '@signalbox/routing';
import { counter, durationHistogram, totals, type Total } from '@signalbox/platform';

/** What is counted of calls. Labels are bounded: routes and deployments of the configuration, statuses. */
export class GatewayMetrics implements CallMetrics {
  private readonly callDuration = durationHistogram(
    'signalbox_call_duration_seconds',
    'Calls from their arrival to the last byte, by route, status and model group.',
  );
  private readonly upstreamDuration = durationHistogram(
    'signalbox_upstream_duration_seconds',
    'Attempts at providers, by model group, deployment and status (0: no answer).',
  );
  private readonly tokenTotals = totals('signalbox_tokens', 'Tokens by model group and kind.');
  private readonly tokensOf = new Map<string, { readonly prompt: Total; readonly completion: Total }>();
  private readonly retries = counter('signalbox_retries', 'Attempts after a failed one at the same model.');
  private readonly fallbacks = counter(
    'signalbox_fallbacks',
    'Models tried after another one failed, by how that one failed.',
  );
  private readonly identityLookups = totals(
    'signalbox_identity_lookups',
    'Look-ups of callers and end users, by result.',
  );
  private readonly identityHits = this.identityLookups({ result: 'hit' });
  private readonly identityMisses = this.identityLookups({ result: 'miss' });

  /** @param facts model group: empty for a call that nobody served. */
  call(facts: { route: string; status: number; modelGroup: string }, durationMs: number): void {
    const { route, status, modelGroup } = facts;
    this.callDuration.record(durationMs / 1_000, { route, status, model_group: modelGroup });
  }

  upstream(deployment: Deployment, status: number, durationMs: number): void {
    const labels = { model_group: deployment.modelGroup, deployment: deployment.id, status };
    this.upstreamDuration.record(durationMs / 1_000, labels);
  }

  tokens({ modelGroup }: Deployment, tokens: TokenCounts): void {
    let ofGroup = this.tokensOf.get(modelGroup);
    if (ofGroup === undefined) {
      const total = (kind: string): Total => this.tokenTotals({ model_group: modelGroup, kind });
      ofGroup = { prompt: total('prompt'), completion: total('completion') };
      this.tokensOf.set(modelGroup, ofGroup);
    }
    ofGroup.prompt.add(tokens.prompt);
    ofGroup.completion.add(tokens.completion);
  }

  retry(): void {
    this.retries.add(1);
  }

  fallback(kind: FallbackKind): void {
    this.fallbacks.add(1, { kind });
  }

  identityLookup(isHit: boolean): void {
    (isHit ? this.identityHits : this.identityMisses).add(1);
  }
}
