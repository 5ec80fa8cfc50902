import { formatDollars } from '@signalbox/contracts';
import { counter, type Logger } from '@signalbox/platform';
import type { ReachedSoftBudget } from '@signalbox/rate-limits';

/** Gives what tells operators of soft budgets that are spent: a line in the log, which says whose, and a metric, which does not. */
export function warnOfSoftBudgets(logger: Logger): (reached: ReachedSoftBudget) => void {
  const warnings = counter(
    'signalbox_soft_budgets_reached',
    'Soft budgets that were spent, once per window.',
  );
  return ({ kind, id, duration, softNanoDollars, spentNanoDollars }) => {
    warnings.add(1, { scope: kind });
    const dollars = { softBudget: formatDollars(softNanoDollars), spent: formatDollars(spentNanoDollars) };
    logger.warn({ scope: kind, id, duration, ...dollars }, 'a soft budget is spent; nothing is refused');
  };
}
