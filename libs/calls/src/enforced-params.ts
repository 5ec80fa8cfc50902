import { fault, FaultError } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';

/**
 * Refuses a body that lacks a field which its caller must send; a dot leads into one of them (`metadata.generation_name`).
 * @throws FaultError `invalid_request`, in LiteLLM's words
 */
export function requireParams(body: RequestBody, enforced: readonly string[]): void {
  for (const param of enforced) {
    const path = param.split('.');
    let value: unknown = body;
    for (const [index, name] of path.entries()) {
      if (!isRecord(value) || !Object.hasOwn(value, name)) throw refusal(param, path.slice(0, index + 1));
      value = value[name];
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function refusal(param: string, path: readonly string[]): FaultError {
  const shown = path.length === 1 ? path.join('') : path.map((name) => `[${name}]`).join('');
  const message = `BadRequest please pass param=${shown} in request body. This is a required param`;
  return new FaultError(fault('invalid_request', message, { param }));
}
