import type { Filter } from '../filter.js';

/** Runs only with `enable_pre_call_checks`, and only where the deployment's limit is known. */
export const contextWindow: Filter = (deployment, request, { rules }) => {
  if (!rules.checkContextWindow || deployment.maxInputTokens === undefined) return undefined;
  if (request.promptTokens <= deployment.maxInputTokens) return undefined;
  const detail = `prompt of ${request.promptTokens} tokens is over ${deployment.maxInputTokens}`;
  return { code: 'context_window', detail };
};
