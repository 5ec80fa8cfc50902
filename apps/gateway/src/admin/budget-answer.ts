import { SharedBudgetFieldsSchema, type SharedBudgetRow } from '@signalbox/contracts';

/** A budget as LiteLLM shows it. What LiteLLM has and we do not is empty in the way it leaves it empty. */
export function budgetRecord(row: SharedBudgetRow) {
  return { ...row, model_max_budget: null, created_by: null, updated_by: null };
}

/** LiteLLM's words for what a field holds. */
const fieldTypes: Readonly<Record<keyof typeof SharedBudgetFieldsSchema.shape, string>> = {
  max_budget: 'Float',
  soft_budget: 'Float',
  budget_duration: 'String',
  rpm_limit: 'Integer',
  tpm_limit: 'Integer',
  max_parallel_requests: 'Integer',
};

/** The answer to `/budget/settings`: the fields of a budget one by one, for pages that let people edit them. */
export function budgetSettings(row: SharedBudgetRow) {
  return SharedBudgetFieldsSchema.keyof().options.map((name) => ({
    field_name: name,
    field_type: fieldTypes[name],
    field_description: SharedBudgetFieldsSchema.shape[name].description ?? '',
    field_value: row[name],
    stored_in_db: row[name] !== null,
    field_default_value: null,
  }));
}
