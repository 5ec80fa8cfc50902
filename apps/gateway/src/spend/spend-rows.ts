import { nanoDollarsPerDollar, type Names, type ReportDimension, type UsageSums } from '@signalbox/contracts';

/** Sums of the ledger with the values they are kept apart by; an empty one is nobody. */
export type SpendRow<Dimension extends ReportDimension> = Readonly<Record<Dimension, string>> & {
  readonly sums: UsageSums;
};

const nothing: UsageSums = {
  attempts: 0,
  failed_attempts: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  cached_tokens: 0,
  cache_written_tokens: 0,
  reasoning_tokens: 0,
  nano_dollars: 0,
  unpriced_attempts: 0,
  estimated_attempts: 0,
};

/** What rows come to together. */
export function total(rows: readonly { readonly sums: UsageSums }[]): UsageSums {
  const sums = { ...nothing };
  for (const row of rows) {
    for (const name of Object.keys(nothing) as (keyof UsageSums)[]) sums[name] += row.sums[name];
  }
  return sums;
}

/** US dollars of what has a price. */
export function dollars({ nano_dollars: nanoDollars }: UsageSums): number {
  return nanoDollars / nanoDollarsPerDollar;
}

/** Rows by what they have in common, in the order in which it comes. */
export function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** An id as LiteLLM's answers have it: nobody is null. */
export function idOrNull(id: string): string | null {
  return id === '' ? null : id;
}

/** What a team is called; its id when it has no other name or is not there any more. */
export function teamName(names: Names, teamId: string): string | null {
  return names.teams[teamId]?.team_alias ?? idOrNull(teamId);
}

export function keyAlias(names: Names, keyHash: string): string | null {
  return names.keys[keyHash]?.key_alias ?? null;
}

/** Columns that every exported table ends with. */
export function sumColumns(sums: UsageSums) {
  return {
    attempts: sums.attempts,
    failed_attempts: sums.failed_attempts,
    prompt_tokens: sums.prompt_tokens,
    completion_tokens: sums.completion_tokens,
    total_tokens: sums.total_tokens,
    cached_tokens: sums.cached_tokens,
    cache_written_tokens: sums.cache_written_tokens,
    reasoning_tokens: sums.reasoning_tokens,
    spend: dollars(sums),
    unpriced_attempts: sums.unpriced_attempts,
  };
}
