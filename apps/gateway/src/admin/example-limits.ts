import { LimitRowSchema, type LimitRow } from '@signalbox/contracts';

/** Of a record on the OpenAPI pages that has no limits. */
export const withoutLimits: LimitRow = LimitRowSchema.parse({});
