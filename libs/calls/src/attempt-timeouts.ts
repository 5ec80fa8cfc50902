import type { RouterSettings } from '@signalbox/config';
import type { Deployment } from '@signalbox/contracts';
import type { Call } from './call.js';

export interface AttemptTimeouts {
  /** The whole answer; of a stream, the longest silence between two pieces. Milliseconds. */
  readonly wholeMs: number;
  /** The first byte of a stream, milliseconds. */
  readonly firstByteMs: number;
}

/** How long an attempt may take: the deployment's own limits, else the router settings; the client may only shorten. */
export function attemptTimeouts(
  call: Pick<Call, 'timeoutMs' | 'streamTimeoutMs'>,
  deployment: Pick<Deployment, 'timeoutMs' | 'streamTimeoutMs'>,
  settings: Pick<RouterSettings, 'timeoutMs' | 'streamTimeoutMs'>,
): AttemptTimeouts {
  const whole = deployment.timeoutMs ?? settings.timeoutMs;
  const wholeMs = Math.min(call.timeoutMs ?? whole, whole);
  const firstByte = deployment.streamTimeoutMs ?? settings.streamTimeoutMs ?? wholeMs;
  return { wholeMs, firstByteMs: Math.min(call.streamTimeoutMs ?? firstByte, firstByte) };
}
