import { HolderRowSchema, LimitRowSchema, type HolderRow, type LimitRow } from '@signalbox/contracts';

/** Of a record on the OpenAPI pages that has no limits. */
export const withoutLimits: LimitRow = LimitRowSchema.parse({});

/** The same of one that may have them by reference. */
export const holdingNothing: HolderRow = HolderRowSchema.parse({});
