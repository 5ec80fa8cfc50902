import {
  HolderRowSchema,
  LimitRowSchema,
  ModelLimitRowSchema,
  type HolderRow,
  type LimitRow,
  type ModelLimitRow,
} from '@signalbox/contracts';

/** Of a record on the OpenAPI pages that has no limits. */
export const withoutLimits: LimitRow = LimitRowSchema.parse({});

/** The same of one that may have them by reference. */
export const holdingNothing: HolderRow = HolderRowSchema.parse({});

/** Of a record that has none of single models. */
export const withoutModelLimits: ModelLimitRow = ModelLimitRowSchema.parse({});
