import type { decisionRead, DecisionHop, DecisionRecord } from '@signalbox/contracts';
import type { z } from 'zod';

type ReadDecision = z.output<typeof decisionRead.value>;

const hiddenRefusals: ReadonlySet<string | undefined> = new Set([
  'model_not_found',
  'key_model_access_denied',
  'user_model_access_denied',
  'team_model_access_denied',
]);

/** A record and where it stands in its chain. */
export function decisionAnswer({ record, partition, sequence, recordHash }: ReadDecision) {
  return { record, chain: { partition, sequence, record_hash: recordHash } };
}

/** The same for a key: it is not told which models others have, as in the errors of calls. */
export function ownDecisionAnswer({ record }: ReadDecision) {
  const hops = record.hops.filter((hop) => !isHidden(hop, record));
  return { record: { ...record, hops } };
}

function isHidden({ model, refusal }: DecisionHop, record: DecisionRecord): boolean {
  return model !== record.model && hiddenRefusals.has(refusal);
}
