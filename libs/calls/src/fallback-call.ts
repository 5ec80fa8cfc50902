import { patchForm } from '@signalbox/providers';
import type { FallbackHop } from '@signalbox/routing';
import type { CallEstimates } from './call-estimates.js';
import type { Call } from './call.js';
import { checkedModelName } from './model-name.js';

const noFields: ReadonlySet<string> = new Set();

/**
 * The call as it is put to a fallback: the original one, never that of the fallback before, under another model, counted
 * for that one, and with this fallback's own changes. Who asks, for whom, from where and under which rules stays.
 * @throws FaultError `invalid_request` when what a `*` was filled with makes no name
 */
export function fallbackCall(
  original: Call,
  { model: name, overrides }: FallbackHop,
  estimates: CallEstimates,
): Call {
  const { mode, caller, form } = original;
  const model = checkedModelName(name);
  const body = overrides === undefined ? original.body : { ...original.body, ...overrides };
  return {
    ...original,
    model,
    mock: undefined,
    body,
    bytes: overrides === undefined ? original.bytes : undefined,
    form: form && overrides ? patchForm(form, { set: overrides, remove: noFields }) : form,
    ...estimates.of({ mode, model, caller, body }),
  };
}
