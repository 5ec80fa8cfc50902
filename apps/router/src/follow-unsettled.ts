import type { Current } from '@signalbox/config';
import { nanoDollarsPerDollar } from '@signalbox/contracts';
import { observedGauge } from '@signalbox/platform';
import type { RedisLimitStore, Unsettled } from '@signalbox/rate-limits';
import type { RoutingSettings } from './routing-settings.js';

/** A lease that has ended can be counted for a minute. */
const everyMs = 15_000;

/**
 * Counts, for operators, the attempts that nobody settles: what was reserved for them stays as it was estimated. Looks at every
 * deployment, for one that nobody uses any more would not be looked at otherwise. Returns what ends that.
 */
export async function followUnsettled(
  limits: Pick<RedisLimitStore, 'unsettled'>,
  settings: Pick<Current<RoutingSettings>, 'current'>,
): Promise<() => void> {
  let today: Unsettled = { attempts: 0, tokens: 0, nanoDollars: 0 };
  const look = async (): Promise<void> => {
    const ids = settings.current.catalog.deployments.map(({ id }) => id);
    // While Redis is away what is known is the last that was.
    today = await limits.unsettled(ids).catch(() => today);
  };
  const of = 'attempts of today (UTC) whose lease ended unsettled';
  observedGauge('signalbox_unsettled_attempts', `Number of ${of}.`, () => today.attempts);
  observedGauge('signalbox_unsettled_tokens', `Estimated tokens of ${of}.`, () => today.tokens);
  observedGauge(
    'signalbox_unsettled_dollars',
    `Estimated cost of ${of}, where a budget counts it.`,
    () => today.nanoDollars / nanoDollarsPerDollar,
  );
  await look();
  const timer = setInterval(() => void look(), everyMs);
  return () => {
    clearInterval(timer);
  };
}
