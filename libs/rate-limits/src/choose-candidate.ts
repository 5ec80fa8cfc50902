import type { AdmitCandidate, Pick } from './limit-store.js';

/** A candidate with room, and how much it is used. */
export interface FittingCandidate {
  readonly candidate: AdmitCandidate;
  readonly tokens: number;
  readonly busy: number;
}

function useOf(fitting: FittingCandidate, pick: Pick): number {
  if (pick === 'first') return 0;
  return pick === 'least-tokens' ? fitting.tokens : fitting.busy;
}

/** Picks among candidates with room: the lowest tier, there the first or the least used; `seed` decides ties. */
export function chooseCandidate(
  fitting: readonly FittingCandidate[],
  pick: Pick,
  seed: number,
): AdmitCandidate | undefined {
  const lowestTier = Math.min(...fitting.map(({ candidate }) => candidate.order ?? 0));
  const tier = fitting.filter(({ candidate }) => (candidate.order ?? 0) === lowestTier);
  if (pick === 'first') return tier[0]?.candidate;
  const leastUse = Math.min(...tier.map((one) => useOf(one, pick)));
  const tied = tier.filter((one) => useOf(one, pick) === leastUse);
  return tied[seed % tied.length]?.candidate;
}
