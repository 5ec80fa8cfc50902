import type { RouterSettings } from '@signalbox/config';
import type { Deployment } from '@signalbox/contracts';
import type { Call } from './call.js';

export interface AttemptTimeouts {
  /** The whole answer; of a stream, the longest silence between two pieces. Milliseconds. */
  readonly wholeMs: number;
  /** The first byte of a stream, milliseconds. */
  readonly firstByteMs: number;
  /** Which of them the caller has made shorter: when such a limit passes, that is no failure of the deployment. */
  readonly shortened: { readonly whole: boolean; readonly firstByte: boolean };
}

/** How long an attempt may take: the deployment's own limits, else the router settings; the client may only shorten. */
export function attemptTimeouts(
  call: Pick<Call, 'timeoutMs' | 'streamTimeoutMs'>,
  deployment: Pick<Deployment, 'timeoutMs' | 'streamTimeoutMs'>,
  settings: Pick<RouterSettings, 'timeoutMs' | 'streamTimeoutMs'>,
): AttemptTimeouts {
  const whole = deployment.timeoutMs ?? settings.timeoutMs;
  const wholeMs = Math.min(call.timeoutMs ?? whole, whole);
  const ownFirstByte = deployment.streamTimeoutMs ?? settings.streamTimeoutMs;
  const firstByte = ownFirstByte ?? wholeMs;
  const firstByteMs = Math.min(call.streamTimeoutMs ?? firstByte, firstByte);
  const shortened = { whole: wholeMs < whole, firstByte: firstByteMs < (ownFirstByte ?? whole) };
  return { wholeMs, firstByteMs, shortened };
}
