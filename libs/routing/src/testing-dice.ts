/** Dice that fall the same way in every run of a test (the generator is mulberry32). */
export function seededDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Upper 0.1 % points of the chi-square distribution, by degrees of freedom from 1. */
const critical = [10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32];

/**
 * Pearson's test of counts against the shares they should have. `fits` is false for counts that a fair lottery
 * would give in one run of a thousand.
 * @param shares in any unit; they are only compared with each other.
 */
export function chiSquare(
  counts: ReadonlyMap<string, number>,
  shares: Readonly<Record<string, number>>,
): { statistic: number; fits: boolean } {
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
  const [drawn, all] = [sum(counts.values()), sum(Object.values(shares))];
  const cells = Object.entries(shares).map(([name, share]) => {
    const expected = (drawn * share) / all;
    return ((counts.get(name) ?? 0) - expected) ** 2 / expected;
  });
  const isKnown = [...counts.keys()].every((name) => Object.hasOwn(shares, name));
  const statistic = sum(cells);
  return { statistic, fits: isKnown && statistic <= (critical[cells.length - 2] ?? 0) };
}
