/** The two periods usage is counted in. */
export interface UsagePeriods {
  /** `2026-11-21T10:05`, UTC. */
  readonly minute: string;
  /** `2026-11-21`, UTC. */
  readonly day: string;
}

/** The minute and day a moment lies in; milliseconds since 1970. */
export function periodsOf(moment: number): UsagePeriods {
  const text = new Date(moment).toISOString();
  return { minute: text.slice(0, 16), day: text.slice(0, 10) };
}
