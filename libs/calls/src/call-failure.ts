import { FaultError, type ErrorCode } from '@signalbox/contracts';
import type { FailureClass, FallbackKind } from '@signalbox/routing';
import type { UpstreamError } from './errors/upstream-error.js';

/** Why a model gave the client nothing, and what may follow. */
export interface CallFailure {
  /** What the client is told if nothing else succeeds. */
  readonly error: UpstreamError | FaultError;
  /** What retries count it as; absent: the same model is not tried again. */
  readonly failureClass?: FailureClass;
  /** Which fallbacks may follow; absent: none. */
  readonly kind?: FallbackKind;
  /** How long the provider wants to be left alone, milliseconds; Infinity: waiting does not help. */
  readonly providerAskedMs?: number;
}

/** Refusals of the router after which another model may do better. The others concern the call itself, or us. */
const kindOfRefusal: Partial<Record<ErrorCode, FallbackKind>> = {
  context_length_exceeded: 'context_window',
  region_restricted: 'general',
  tags_restricted: 'general',
  capability_unsupported: 'general',
  model_not_found: 'general',
  rate_limit_exceeded: 'general',
  no_deployment_available: 'general',
  price_unknown: 'general',
};

/** Whether the key, the team or the end user is at a limit or has spent its budget: no other try changes that. */
export function isCallerAtLimit({ fault }: FaultError): boolean {
  return fault.code === 'caller_limit_exceeded' || fault.code === 'budget_exceeded';
}

/** Whether a refusal says that this model is not the caller's to use, or not there. */
export function isHiddenModel({ error }: CallFailure): boolean {
  if (!(error instanceof FaultError)) return false;
  const { code } = error.fault;
  return isAccessDenied(code) || code === 'model_not_found';
}

const accessDenials: readonly ErrorCode[] = [
  'key_model_access_denied',
  'user_model_access_denied',
  'team_model_access_denied',
];

function isAccessDenied(code: ErrorCode): boolean {
  return accessDenials.includes(code);
}

/**
 * Reads a refusal of the router. A caller who may not use the model it asks for is refused; a fallback it may not
 * use is passed over.
 */
export function refusalFailure(error: FaultError, isFallback: boolean): CallFailure {
  const { code } = error.fault;
  const kind = kindOfRefusal[code] ?? (isFallback && isAccessDenied(code) ? 'general' : undefined);
  return kind === undefined ? { error } : { error, kind };
}
