import { mostDollars, nanoDollarsPerDollar, type EndUserDefaults } from '@signalbox/contracts';
import type { SectionReader } from './section-reader.js';

/** Reads what `litellm_settings` say of end users who have no budget of their own. */
export function readEndUserDefaults(litellm: SectionReader): EndUserDefaults {
  const dollars = litellm.number('max_end_user_budget', { max: mostDollars });
  const budgetId = litellm.text('max_end_user_budget_id');
  return {
    ...(dollars !== undefined && { maxNanoDollars: Math.round(dollars * nanoDollarsPerDollar) }),
    ...(budgetId !== undefined && budgetId !== '' && { budgetId }),
  };
}
