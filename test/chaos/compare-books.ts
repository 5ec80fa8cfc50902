import type { Counted } from './ledger-books.js';
import type { Served } from './provider-books.js';
import type { MadeCall } from './traffic.js';

export interface Comparison {
  /** What is not as it must be, one sentence each. */
  readonly faults: readonly string[];
  /** Calls whose record went with a killed gateway. */
  readonly lost: readonly MadeCall[];
}

/** Compares what the provider served with what the ledger counted, call by call. */
export function compareBooks(
  calls: readonly MadeCall[],
  served: (id: string) => Served,
  counted: ReadonlyMap<string, Counted>,
): Comparison {
  const nothing: Counted = { attempts: 0, prompt: 0, answer: 0 };
  const known = new Set(calls.map(({ plan }) => plan.id));
  const faults = [...counted.keys()].filter((id) => !known.has(id)).map((id) => `${id} was never made`);
  const lost: MadeCall[] = [];
  for (const call of calls) {
    const [ours, theirs] = [counted.get(call.plan.id) ?? nothing, served(call.plan.id)];
    const isEqual = ours.prompt === theirs.prompt && ours.answer === theirs.answer;
    const isComplete = isEqual && ours.attempts >= theirs.attempts;
    const isLess = ours.prompt <= theirs.prompt && ours.answer <= theirs.answer;
    // Who hangs up may do so when the provider has just said its last word: then the tokens are an estimate.
    const isAsGood = isLess && (call.plan.hangsUp ? ours.attempts >= theirs.attempts : isComplete);
    if (isAsGood) continue;
    if (call.isDoubtful && isLess) lost.push(call);
    else faults.push(`${call.plan.id}: served ${JSON.stringify(theirs)}, counted ${JSON.stringify(ours)}`);
  }
  return { faults, lost };
}
