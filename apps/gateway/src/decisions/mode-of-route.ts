import { CallModeSchema, type CallMode } from '@signalbox/contracts';
import { modeTraits } from '@signalbox/providers';

/** Kinds of calls by the end of their path, the longer ones first: `/chat/completions` ends as `/completions` does. */
const endings: readonly (readonly [ending: string, mode: CallMode])[] = CallModeSchema.options
  .map((mode) => [modeTraits[mode].route, mode] as const)
  .concat([['/router/completions', 'chat']])
  .toSorted(([one], [other]) => other.length - one.length);

/** What kind of call a path is for, before anybody has read its body; the path itself where nobody knows. */
export function modeOfRoute(path: string): string {
  return endings.find(([ending]) => path.endsWith(ending))?.[1] ?? path;
}
