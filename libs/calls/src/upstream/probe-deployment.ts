import type { Deployment } from '@signalbox/contracts';
import { readUpstreamError } from '@signalbox/providers';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { openUpstream } from './open-upstream.js';
import { ProbePermit } from './permit.js';
import { probeRequest } from './probe-request.js';
import { UpstreamFailure } from './upstream-failure.js';

/** How long a probe may take, milliseconds. */
const probeTimeoutMs = 10_000;
/** A long list of models is cut off; its bytes do not matter. */
const maxAnswerBytes = 4 * 1024 * 1024;

export interface ProbeResult {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Why the deployment does not count as healthy; masked and safe to show to an operator. */
  readonly problem?: string;
}

/** Asks a deployment for its models; never throws. */
export async function probeDeployment(dispatcher: Dispatcher, deployment: Deployment): Promise<ProbeResult> {
  const permit = ProbePermit.for(deployment);
  const timeouts = { deadlineMs: probeTimeoutMs, silenceMs: 0 };
  try {
    const exchange = openUpstream(dispatcher, permit, probeRequest(deployment.upstream), timeouts);
    const { status, headers } = await exchange.head;
    const bytes = await exchange.collect(maxAnswerBytes);
    if (status < 400) return { status, headers };
    return { status, headers, problem: readUpstreamError(status, bytes).message };
  } catch (error) {
    const problem = error instanceof UpstreamFailure ? error.kind : 'the deployment cannot be addressed';
    return { status: 0, headers: {}, problem };
  }
}
