import { fault, FaultError, type ErrorCode } from '@signalbox/contracts';

/** A refusal that names the field it is about. */
export function refusal(code: ErrorCode, message: string, param: string): FaultError {
  return new FaultError(fault(code, message, { param }));
}
