/** A seed for ties: an integer below 2^31, from dice that give numbers from 0 up to 1. */
export function drawSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 31);
}
