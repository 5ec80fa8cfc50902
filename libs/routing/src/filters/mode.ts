import type { Filter } from '../filter.js';

/** LiteLLM serves `/completions` from chat deployments and the reverse, so both are one kind. */
function kindOf(mode: string): string {
  return mode === 'chat' || mode === 'completion' ? 'text generation' : mode;
}

/** A deployment that declares `model_info.mode` serves requests of that kind only; one that does not, all. */
export const mode: Filter = (deployment, request) =>
  deployment.mode === undefined || kindOf(deployment.mode) === kindOf(request.mode)
    ? undefined
    : { code: 'mode', detail: `serves ${deployment.mode}, not ${request.mode}` };
