import { setTimeout as sleep } from 'node:timers/promises';
import { generateLoad, type HelperProcess } from './helper-process.js';
import { encodeRequest } from './http-wire.js';
import type { LoadReport } from './load.js';
import { machineBusyTime, processorTimeOf, processorTimeOfTrees, processTree } from './processor-time.js';
import type { Subject } from './subject.js';

/** Work that a system does after its answer (usage records, settlement) belongs to the request too. */
const SETTLE_MS = 400;

/** What is sent in a window. */
export interface Load {
  readonly name: string;
  readonly body: string;
  readonly expectedTail: string;
  readonly connections: number;
  readonly durationMs: number;
  readonly ratePerSecond?: number;
}

export interface WindowResult {
  readonly report: LoadReport;
  /** Microseconds of processor time per request, by role. */
  readonly cpuPerRequest: Readonly<Record<string, number>>;
  /** Processor time of processes that are not ours, as a share of one processor. */
  readonly foreignShare: number;
}

/** A run in which requests failed is no result. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** Sends one window of load to a subject. Throws a LoadError when any request failed. */
export async function measureWindow(
  generator: HelperProcess,
  subject: Subject,
  load: Load,
): Promise<WindowResult> {
  const request = encodeRequest({
    path: '/v1/chat/completions',
    port: subject.port,
    headers: subject.headers,
    body: load.body,
  });
  const ours = processTree(process.pid);
  const before = snapshot(subject, ours);
  const report = await generateLoad(generator, {
    port: subject.port,
    request: request.toString('base64'),
    connections: load.connections,
    durationMs: load.durationMs,
    ...(load.ratePerSecond === undefined ? {} : { ratePerSecond: load.ratePerSecond }),
    expectedTail: load.expectedTail,
  });
  await sleep(SETTLE_MS);
  const after = snapshot(subject, ours);
  if (report.errors > 0 || report.requests === 0) {
    throw new LoadError(
      `${subject.name}, ${load.name}: ${report.errors} of ${report.errors + report.requests} requests failed: ` +
        (report.firstError ?? 'nothing was answered'),
    );
  }
  const roles = Object.entries(after.byRole).map(([role, time]): [string, number] => [
    role,
    ((time - (before.byRole[role] ?? 0)) * 1_000) / report.requests,
  ]);
  const foreign = after.machine - before.machine - (after.ours - before.ours);
  return {
    report,
    cpuPerRequest: Object.fromEntries(roles),
    foreignShare: Math.max(0, foreign) / (after.at - before.at),
  };
}

interface Snapshot {
  at: number;
  machine: number;
  ours: number;
  byRole: Record<string, number>;
}

function snapshot(subject: Subject, ours: readonly number[]): Snapshot {
  const byRole = Object.entries(subject.processes).map(([role, pids]): [string, number] => [
    role,
    processorTimeOfTrees(pids),
  ]);
  return {
    at: performance.now(),
    machine: machineBusyTime(),
    ours: ours.reduce((sum, pid) => sum + processorTimeOf(pid), 0),
    byRole: Object.fromEntries(byRole),
  };
}
