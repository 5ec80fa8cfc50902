import { fault, FaultError } from '@signalbox/contracts';

/** No provider has a longer name, and it travels to the router together with those of other callers. */
const longestModelName = 512;

/**
 * Returns the model name a client sent. Under a wildcard group part of it becomes part of the provider's address,
 * so what would lead elsewhere there, or cannot stand there at all, is no name.
 * @throws FaultError `invalid_request`
 */
export function checkedModelName(name: string): string {
  if (name.length > longestModelName) throw invalid('too long');
  // Control characters, and halves of surrogate pairs.
  if (/[\p{Cc}\p{Surrogate}]/u.test(name)) throw invalid('not readable text');
  if (/(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(name)) throw invalid("'.' and '..' cannot stand in it alone");
  return name;
}

function invalid(reason: string): FaultError {
  return new FaultError(
    fault('invalid_request', `Invalid model name passed: ${reason}.`, { param: 'model' }),
  );
}
