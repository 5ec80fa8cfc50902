import { fault, FaultError, type Catalog } from '@signalbox/contracts';
import { resolveModel } from '@signalbox/routing';

/**
 * Refuses a default model that no deployment serves: every call that leaves its model to us would fail.
 * @throws FaultError `validation_error`
 */
export function checkDefaultModel(catalog: Catalog, model: string | null | undefined): void {
  if (model === undefined || model === null) return;
  if (resolveModel(catalog, { model, keyAliases: {}, team: null }) !== undefined) return;
  const message = `default_model: ${model} is no model of this gateway`;
  throw new FaultError(fault('validation_error', message, { param: 'default_model' }));
}
