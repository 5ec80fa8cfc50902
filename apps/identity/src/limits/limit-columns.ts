import type { CallerLimits, LimitFields, LimitRow } from '@signalbox/contracts';

/** The columns that keys, teams and end users have in common. */
export interface LimitColumns {
  readonly rpmLimit: number | null;
  readonly tpmLimit: bigint | null;
  readonly maxParallelRequests: number | null;
}

/** Absent fields stay out; null clears. */
export function limitColumns(fields: LimitFields): Partial<LimitColumns> {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel } = fields;
  return {
    ...(rpm !== undefined && { rpmLimit: rpm }),
    ...(tpm !== undefined && { tpmLimit: tpm === null ? null : BigInt(tpm) }),
    ...(parallel !== undefined && { maxParallelRequests: parallel }),
  };
}

/** A record's limits as the admin API shows them. */
export function limitRow({ rpmLimit, tpmLimit, maxParallelRequests }: LimitColumns): LimitRow {
  return {
    rpm_limit: rpmLimit,
    tpm_limit: tpmLimit === null ? null : Number(tpmLimit),
    max_parallel_requests: maxParallelRequests,
  };
}

/** A record's limits as the path of a call needs them: nothing where there are none. */
export function callerLimits(record: LimitColumns): { limits?: CallerLimits } {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: maxParallelRequests } = limitRow(record);
  const limits = {
    ...(rpm !== null && { rpm }),
    ...(tpm !== null && { tpm }),
    ...(maxParallelRequests !== null && { maxParallelRequests }),
  };
  return Object.keys(limits).length === 0 ? {} : { limits };
}
