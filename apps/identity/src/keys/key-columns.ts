import type { KeyFieldsSchema } from '@signalbox/contracts';
import type { Prisma } from '@signalbox/database';
import type { z } from 'zod';
import { holderColumns } from '../limits/holder-columns.js';
import { regionColumn } from '../residency/region-columns.js';
import { modelLimitColumns } from '../limits/model-limit-columns.js';
import { temporaryBudgetColumns } from './temporary-budget.js';

/** `expiresAt` is what became of the length or the end of the key's life; null: the key lives for ever. */
export type KeyFields = Omit<z.output<typeof KeyFieldsSchema>, 'duration' | 'expires'> & {
  expiresAt?: Date | null;
  spendResetAt?: Date;
};

/** Absent fields stay out; null clears. */
export function keyColumns(fields: KeyFields) {
  return {
    ...(fields.key_alias !== undefined && { alias: fields.key_alias }),
    ...(fields.user_id !== undefined && { userId: fields.user_id }),
    ...(fields.team_id !== undefined && { teamId: fields.team_id }),
    ...(fields.models !== undefined && { models: fields.models ?? [] }),
    ...(fields.aliases !== undefined && { aliases: fields.aliases ?? {} }),
    ...(fields.metadata !== undefined && { metadata: (fields.metadata ?? {}) as Prisma.InputJsonObject }),
    ...(fields.tags !== undefined && { tags: fields.tags ?? [] }),
    ...(fields.key_type !== undefined && {
      keyType: fields.key_type === 'default' ? null : fields.key_type,
    }),
    ...(fields.allowed_routes !== undefined && { allowedRoutes: fields.allowed_routes ?? [] }),
    ...(fields.enforced_params !== undefined && { enforcedParams: fields.enforced_params ?? [] }),
    ...(fields.blocked !== undefined && { blocked: fields.blocked ?? false }),
    ...(fields.expiresAt !== undefined && { expiresAt: fields.expiresAt }),
    ...(fields.spendResetAt !== undefined && { spendResetAt: fields.spendResetAt }),
    ...regionColumn(fields),
    ...holderColumns(fields),
    ...temporaryBudgetColumns(fields),
    ...modelLimitColumns(fields),
  };
}
