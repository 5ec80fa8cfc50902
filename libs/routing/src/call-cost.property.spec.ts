import { tokenPriceNames, type DeploymentPrices, type TokenPriceName } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callCost, type PricedTokens } from './call-cost.js';

/** Which tokens have which price; those of no kind are the rest of their side. */
const partOfPrompt = {
  inputCostPerToken: undefined,
  cacheReadCostPerToken: 'cached',
  cacheWriteCostPerToken: 'cacheWritten',
  inputCostPerAudioToken: 'promptAudio',
  inputCostPerImageToken: 'promptImage',
} as const;
const partOfAnswer = {
  outputCostPerToken: undefined,
  outputCostPerReasoningToken: 'reasoning',
  outputCostPerAudioToken: 'completionAudio',
  outputCostPerImageToken: 'completionImage',
} as const;
const kindOf: Readonly<Record<TokenPriceName, keyof PricedTokens | undefined>> = {
  ...partOfPrompt,
  ...partOfAnswer,
};

type Parts = Readonly<Record<TokenPriceName, number>>;
const each = (most: number): fc.Arbitrary<Parts> =>
  fc
    .array(fc.integer({ min: 0, max: most }), { minLength: tokenPriceNames.length, maxLength: 9 })
    .map(
      (numbers) =>
        Object.fromEntries(tokenPriceNames.map((name, index) => [name, numbers[index] ?? 0])) as Parts,
    );

/** Tokens of every kind apart, as the usage object of a provider puts them together. */
function tokensOf(parts: Parts): PricedTokens {
  const sum = (of: object) =>
    Object.keys(of).reduce((total, name) => total + parts[name as TokenPriceName], 0);
  const kinds = tokenPriceNames.flatMap((name) => {
    const kind = kindOf[name];
    return kind === undefined ? [] : [[kind, parts[name]] as const];
  });
  return { prompt: sum(partOfPrompt), completion: sum(partOfAnswer), ...Object.fromEntries(kinds) };
}

/** Nano-dollars a token. */
const dollars = (prices: Parts): DeploymentPrices =>
  Object.fromEntries(tokenPriceNames.map((name) => [name, prices[name] / 1e9]));

it('is the sum of what each kind costs, to the last nano-dollar', () => {
  fc.assert(
    fc.property(each(100_000), each(1_000_000), (prices, parts) => {
      const sum = tokenPriceNames.reduce((total, name) => total + prices[name] * parts[name], 0);
      expect(callCost(dollars(prices), tokensOf(parts))).toBe(Math.min(sum, 1e15));
    }),
  );
});

it('is never less with a token more, of whatever kind', () => {
  fc.assert(
    fc.property(each(100_000), each(1_000), fc.constantFrom(...tokenPriceNames), (prices, parts, name) => {
      const more = { ...parts, [name]: parts[name] + 1 };
      const [one, other] = [parts, more].map((some) => callCost(dollars(prices), tokensOf(some)));
      expect(other).toBe((one ?? NaN) + prices[name]);
    }),
  );
});

it('is a number of nano-dollars whatever a provider says of its kinds', () => {
  const counts = fc.record({
    ...{ prompt: fc.nat(100), completion: fc.nat(100), cached: fc.nat(200), cacheWritten: fc.nat(200) },
    ...{ promptAudio: fc.nat(200), promptImage: fc.nat(200), reasoning: fc.nat(200) },
    ...{ completionAudio: fc.nat(200), completionImage: fc.nat(200) },
  });
  fc.assert(
    fc.property(each(1_000), counts, (prices, tokens) => {
      const dearest = Math.max(...Object.values(prices));
      const cost = callCost(dollars(prices), tokens) ?? NaN;
      expect(Number.isInteger(cost)).toBe(true);
      expect(cost).toBeGreaterThanOrEqual(0);
      expect(cost).toBeLessThanOrEqual(dearest * (tokens.prompt + tokens.completion));
    }),
  );
});
