/** Compares numbers for a sort. Not by subtraction: two infinities would give no answer. */
export function ascending(one: number, other: number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
