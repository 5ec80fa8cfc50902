import { ascending } from './ascending.js';

/**
 * Draws items without replacement until none is left, each time with chances in proportion to the weights of
 * those that remain; what weighs nothing comes last, by lot.
 *
 * One number per item instead of one draw after the other: sorted by -ln(u) / weight, the order has exactly that
 * distribution (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).
 * @param random from 0 up to but not including 1.
 */
export function drawByWeight<Item>(
  items: readonly Item[],
  weightOf: (item: Item) => number,
  random: () => number,
): Item[] {
  if (items.length < 2) return [...items];
  const lots = items.map((item) => {
    const weight = weightOf(item);
    const time = -Math.log(1 - random());
    return weight > 0 ? { item, round: 1, time: time / weight } : { item, round: 2, time };
  });
  return lots
    .sort((one, other) => one.round - other.round || ascending(one.time, other.time))
    .map(({ item }) => item);
}
