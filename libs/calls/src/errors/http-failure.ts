import { errorEntry, type ErrorCode, type Fault } from '@signalbox/contracts';

/** A failure as it is told over HTTP: everything here is public. */
export interface HttpFailure {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly param: string | null;
  /** What stands in `error.code` where clients look for a word; the status as a string unless given. */
  readonly code?: string;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** When it may succeed, milliseconds from now; told only when known. */
  readonly retryAfterMs?: number;
}

/** Whose statuses are answered where LiteLLM's differ from ours (`general_settings.compat_level`). */
export type CompatLevel = 'signalbox' | 'litellm';

/** What LiteLLM answers instead; its clients may have learned these by heart. */
const litellmStatuses: Partial<Record<ErrorCode, number>> = {
  admin_only: 401,
  region_restricted: 429,
  key_model_access_denied: 401,
  user_model_access_denied: 401,
  team_model_access_denied: 401,
  model_not_found: 400,
  budget_exceeded: 400,
};

/** Translates a fault of the catalogue into an HTTP failure. */
export function httpFailureOf(fault: Fault, compatLevel: CompatLevel): HttpFailure {
  const entry = errorEntry(fault.code);
  const compatStatus = compatLevel === 'litellm' ? litellmStatuses[fault.code] : undefined;
  return {
    status: compatStatus ?? entry.status,
    type: entry.type,
    message: fault.message,
    param: fault.param ?? null,
    // OpenAI's own code, which clients compare with to shorten a conversation.
    ...(fault.code === 'context_length_exceeded' && { code: fault.code }),
    isRetryable: entry.retryable,
    ...(entry.retryable && fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
  };
}
