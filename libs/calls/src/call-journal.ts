import { errorEntry, fault, FaultError } from '@signalbox/contracts';
import { UpstreamError } from './errors/upstream-error.js';
import type { CallFailure } from './call-failure.js';

/** Messages go to clients and into their logs: a call with many attempts must not fill those. */
const mostReasons = 20;
const longestReason = 200;

/** What went wrong with a call so far, for the error of the last resort. Made after the first failure. */
export class CallJournal {
  private readonly reasons: string[] = [];
  private readonly fallbacks = new Set<string>();

  /** @param model the name the client sent. */
  constructor(private readonly model: string) {}

  /** Notes one attempt that failed, or one model for which there was none. */
  failure(failure: CallFailure, at: { model: string; deploymentId?: string; isFallback: boolean }): void {
    const model = shown(at.model);
    const where = at.deploymentId === undefined ? model : `${model} (${shown(at.deploymentId)})`;
    const { status, message } = toldBy(failure.error);
    this.reasons.push(`${where}: ${status} ${clipped(message)}`);
    if (at.isFallback) this.fallbacks.add(model);
  }

  /**
   * The error of the last resort: the first model's, as nobody asked for the others, and in its message every
   * attempt's reason. With a single reason it is that very error.
   */
  lastResort(first: CallFailure): UpstreamError | FaultError {
    const { error } = first;
    if (this.reasons.length < 2) return error;
    const { message } = toldBy(error);
    return withMessage(error, `${message.replace(/\.$/, '')}.${this.fallbackText()}${this.reasonText()}`);
  }

  /** LiteLLM's phrase, for which its users' tools look. */
  private fallbackText(): string {
    if (this.fallbacks.size === 0) return '';
    const models = [...this.fallbacks].join(', ');
    return ` Received Model Group=${shown(this.model)}. Available Model Group Fallbacks=[${models}].`;
  }

  private reasonText(): string {
    const more = this.reasons.length - mostReasons;
    const told = this.reasons.slice(0, mostReasons).join('; ');
    return ` Attempts: ${told}${more > 0 ? `; and ${more} more` : ''}.`;
  }
}

function toldBy(error: CallFailure['error']): { status: number; message: string } {
  if (error instanceof UpstreamError) return error.failure;
  return { status: errorEntry(error.fault.code).status, message: error.fault.message };
}

function withMessage(error: CallFailure['error'], message: string): CallFailure['error'] {
  if (error instanceof UpstreamError) return new UpstreamError({ ...error.failure, message });
  const { code, param, retryAfterMs } = error.fault;
  const more = { ...(param !== undefined && { param }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return new FaultError(fault(code, message, more), { cause: error });
}

function clipped(message: string): string {
  const text = message.replace(/\.$/, '');
  return text.length <= longestReason ? text : `${text.slice(0, longestReason)}...`;
}

/** A name from a client may be long, and is repeated here. */
function shown(name: string): string {
  return name.length <= 100 ? name : `${name.slice(0, 100)}...`;
}
