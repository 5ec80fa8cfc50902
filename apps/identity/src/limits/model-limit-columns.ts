import {
  ModelLimitRowSchema,
  nanoDollarsPerDollar,
  type Budget,
  type CallerLimits,
  type ModelBudget,
  type ModelLimitFields,
  type ModelLimitRow,
} from '@signalbox/contracts';
import { Prisma } from '@signalbox/database';

/** Tables of limits by model, as operators wrote them; null: none. */
export interface ModelLimitColumns {
  readonly modelRpmLimit: Prisma.JsonValue;
  readonly modelTpmLimit: Prisma.JsonValue;
  readonly modelMaxBudget: Prisma.JsonValue;
}

/** Absent fields stay out; null clears. */
export function modelLimitColumns(fields: ModelLimitFields) {
  const { model_rpm_limit: rpm, model_tpm_limit: tpm, model_max_budget: budgets } = fields;
  return {
    ...(rpm !== undefined && { modelRpmLimit: rpm ?? Prisma.DbNull }),
    ...(tpm !== undefined && { modelTpmLimit: tpm ?? Prisma.DbNull }),
    ...(budgets !== undefined && { modelMaxBudget: budgets ?? Prisma.DbNull }),
  };
}

/**
 * A record's limits by model as the admin API shows them. Throws when a column holds something else: a limit we cannot
 * read must not become none.
 */
export function modelLimitRow(record: ModelLimitColumns): ModelLimitRow {
  return ModelLimitRowSchema.parse({
    model_rpm_limit: record.modelRpmLimit,
    model_tpm_limit: record.modelTpmLimit,
    model_max_budget: record.modelMaxBudget ?? {},
  });
}

/** The same as the path of a call needs them: nothing where there are none. */
export function modelLimits(record: ModelLimitColumns): Pick<CallerLimits, 'models'> {
  const row = modelLimitRow(record);
  const rpm = new Map(Object.entries(row.model_rpm_limit ?? {}));
  const tpm = new Map(Object.entries(row.model_tpm_limit ?? {}));
  const budgets = new Map(Object.entries(row.model_max_budget));
  const names = new Set([...rpm.keys(), ...tpm.keys(), ...budgets.keys()]);
  if (names.size === 0) return {};
  const limits = [...names].map((name) => {
    const budget = budgets.get(name);
    return [
      name,
      { rpm: rpm.get(name), tpm: tpm.get(name), ...(budget && { budgets: [budgetOf(budget)] }) },
    ] as const;
  });
  return { models: Object.fromEntries(limits) };
}

function budgetOf(written: ModelBudget): Budget {
  const dollars = Number(written.budget_limit ?? written.max_budget);
  const duration = written.time_period ?? written.budget_duration ?? undefined;
  return {
    maxNanoDollars: Math.round(dollars * nanoDollarsPerDollar),
    ...(duration !== undefined && { duration }),
  };
}
