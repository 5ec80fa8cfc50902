import type { CallSettings } from '@signalbox/calls';
import { fault, FaultError, nanoDollarsPerDollar, type Caller } from '@signalbox/contracts';
import { readUsage } from '@signalbox/providers';
import { callCost, resolveModel } from '@signalbox/routing';
import { z } from 'zod';

/** LiteLLM's `/spend/calculate`: a prompt that may be sent, or an answer that came. */
export const SpendCalculationSchema = z
  .object({
    model: z.string().min(1).optional(),
    messages: z.array(z.looseObject({ role: z.string() })).optional(),
    completion_response: z
      .looseObject({
        model: z.string().optional(),
        usage: z
          .looseObject({
            prompt_tokens: z.number().int().nonnegative(),
            completion_tokens: z.number().int().nonnegative().default(0),
          })
          .transform((usage, context) => {
            const tokens = readUsage(usage);
            if (tokens === undefined) context.addIssue('is not what a provider would say');
            return tokens ?? z.NEVER;
          }),
      })
      .optional(),
  })
  .refine(({ messages, completion_response: answer }) => (messages ?? answer) !== undefined, {
    message: 'name messages or completion_response',
  });
export type SpendCalculation = z.output<typeof SpendCalculationSchema>;

/**
 * What it costs at the prices of the dearest deployment that may serve it, US dollars, as budgets reckon; the answer to a
 * prompt is not in it.
 * @throws FaultError `model_not_found`, `price_unknown`
 */
export function calculateSpend(
  { model: named, messages = [], completion_response: answer }: SpendCalculation,
  caller: Caller | undefined,
  { catalog, estimates }: Pick<CallSettings, 'catalog' | 'estimates'>,
): number {
  const model = named ?? answer?.model ?? '';
  const target = resolveModel(catalog, {
    model,
    keyAliases: caller?.aliases ?? {},
    team: caller?.team ?? null,
  });
  if (target === undefined) throw new FaultError(fault('model_not_found', undefined, { param: 'model' }));
  const tokens = answer?.usage ?? {
    prompt: estimates.of({ mode: 'chat', model, caller, body: { messages } }).promptTokens,
    completion: 0,
  };
  const costs = target.deployments
    .map((deployment) => callCost(deployment, tokens))
    .filter((cost) => cost !== undefined);
  if (costs.length === 0) throw new FaultError(fault('price_unknown', `Nobody knows the price of ${model}.`));
  return Math.max(...costs) / nanoDollarsPerDollar;
}
