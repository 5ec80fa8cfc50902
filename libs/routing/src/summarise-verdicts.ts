import type { RouteOutcome, Verdict, VerdictCounts } from '@signalbox/contracts';

/** As many verdicts are told one by one; of more, one of each code and how many there are. */
export const mostVerdicts = 8;

/**
 * The outcome as it is told to who asked for no explanation. With hundreds of candidates the verdicts are most of an
 * outcome, and who only wants to be served reads none of them; the reasons stay, each with its number.
 */
export function summariseVerdicts(outcome: RouteOutcome): RouteOutcome {
  if (outcome.verdicts.length <= mostVerdicts) return outcome;
  const verdictCounts: VerdictCounts = {};
  const verdicts: Verdict[] = [];
  for (const verdict of outcome.verdicts) {
    const count = verdictCounts[verdict.code] ?? 0;
    if (count === 0) verdicts.push(verdict);
    verdictCounts[verdict.code] = count + 1;
  }
  return { ...outcome, verdicts, verdictCounts };
}
