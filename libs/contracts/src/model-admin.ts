import { z } from 'zod';
import { defineCall, defineEvent } from './contract.js';

/** What of a model comes from whoever adds it. */
const ModelFields = z.object({
  /** `model_name` of an entry. */
  modelName: z.string().min(1),
  /**
   * `litellm_params`, sealed by the gateway. Only gateways and routers have the key: what is on the bus and in the
   * database can be read by nobody else.
   */
  encryptedParams: z.string().min(1).max(12_000),
  /** `model_info` without its id. */
  modelInfo: z.record(z.string(), z.unknown()),
});

/** A model that was added through the API: what an entry of `model_list` is in the file. */
export const StoredModelSchema = ModelFields.extend({
  id: z.string(),
  /** Grows with every change. */
  revision: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type StoredModel = z.infer<typeof StoredModelSchema>;

/** Fault: already_exists. */
export const modelCreate = defineCall('model.create.v1', {
  request: ModelFields.extend({ id: z.string().min(1).max(255) }),
  value: StoredModelSchema,
});
/** Takes the change when the model has this revision still; else `updated` is null. Fault: record_not_found. */
export const modelUpdate = defineCall('model.update.v1', {
  request: ModelFields.extend({ id: z.string(), revision: z.number().int() }),
  value: z.object({ updated: StoredModelSchema.nullable() }),
});
/** Fault: record_not_found. */
export const modelDelete = defineCall('model.delete.v1', {
  request: z.object({ id: z.string() }),
  value: z.object({ id: z.string() }),
});
/** Fault: record_not_found. */
export const modelRead = defineCall('model.read.v1', {
  request: z.object({ id: z.string() }),
  value: StoredModelSchema,
});
/** Ordered by creation, the same for everybody; a page small enough for one message. */
export const modelList = defineCall('model.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(50).default(50),
  }),
  value: z.object({ models: z.array(StoredModelSchema), total: z.number() }),
});

/** Models were added, changed or deleted: gateways and routers read them again. */
export const modelChanged = defineEvent('model.changed.v1', z.object({ modelIds: z.array(z.string()) }));
