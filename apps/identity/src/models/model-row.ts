import { StoredModelSchema, type StoredModel } from '@signalbox/contracts';
import type { StoredModel as ModelRecord } from '@signalbox/database';

/** A record as gateways and routers hear of it. */
export function modelRow(record: ModelRecord): StoredModel {
  return {
    id: record.id,
    modelName: record.name,
    encryptedParams: record.encryptedParams,
    modelInfo: StoredModelSchema.shape.modelInfo.parse(record.info),
    revision: record.revision,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}
