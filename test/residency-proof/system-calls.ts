import { setTimeout as wait } from 'node:timers/promises';
import type { DecisionRecord } from '@signalbox/contracts';
import { allEndpoints, drawCall, markOf, pathOf, requestOf, type CallPlan } from './call-plan.js';
import { checkRecord } from './check-record.js';
import type { Dice } from '../chaos/dice.js';
import type { HouseRules } from './house-rules.js';
import { isUnavailable, judgeCall, leaks, type Answer, type MadeCall, type Receipt } from './oracle.js';
import type { ProviderSites } from './provider-sites.js';
import { demandsOfBody, type Span } from './rules.js';
import type { Violation } from './violation.js';
import type { World } from './world.js';

export interface SystemCallsOptions {
  readonly urls: readonly string[];
  readonly masterKey: string;
  readonly rules: HouseRules;
  readonly providers: ProviderSites;
  readonly dice: Dice;
  /** How long after the management API's answer the rule before may still be met. */
  readonly settleMs: number;
  /** The world that all of the system goes by now; absent while that changes. */
  readonly world: () => World | undefined;
}

interface EndedCall {
  readonly plan: CallPlan;
  readonly span: Span;
  readonly answer: Answer;
  readonly receipts: readonly Receipt[];
  readonly decisionId: string | null;
  readonly world: World | undefined;
}

/** Records are written through a stream, a batch at a time; and what was given up may still be on its way to a provider. */
const recordAfterMs = 3_000;
const recordWithinMs = 60_000;
const lookAgainAfterMs = 250;

/** The callers of a running system, and those who look afterwards what became of each call. */
export class SystemCalls {
  made = 0;
  judged = 0;
  unavailable = 0;
  readonly statuses: Record<string, number> = {};
  readonly violations: Violation[] = [];
  private readonly ended: EndedCall[] = [];
  private isOver = false;

  constructor(private readonly options: SystemCallsOptions) {}

  /** Makes calls, so many at once; resolves when every one of them is judged. */
  async run(calls: number, clients: number): Promise<void> {
    const callers = Promise.all(Array.from({ length: clients }, () => this.callUntil(calls)));
    const judges = Promise.all(Array.from({ length: judgeCount }, () => this.judgeAll()));
    try {
      await callers;
    } finally {
      this.isOver = true;
    }
    await judges;
  }

  private async callUntil(calls: number): Promise<void> {
    while (this.made < calls && this.violations.length === 0) {
      this.made += 1;
      const { dice, rules } = this.options;
      await this.callOnce(drawCall(this.made, rules.callers, dice, allEndpoints));
    }
  }

  private async callOnce(plan: CallPlan): Promise<void> {
    const { providers, rules, urls, dice } = this.options;
    const receipts = providers.expect(plan);
    const worldBefore = this.options.world();
    const from = performance.now();
    const { body, headers } = requestOf(plan, rules.endUserIdOf(plan));
    const sent = sentAs(plan, body, { ...bearer(rules.secretOf(plan)), ...headers });
    const { answer, decisionId } = await callWith(`${dice.oneOf(urls)}${pathOf(plan)}`, sent, plan);
    const span = { from, until: performance.now() };
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (isUnavailable(answer)) this.unavailable += 1;
    const world = worldBefore === this.options.world() ? worldBefore : undefined;
    this.ended.push({ plan, span, answer, receipts, decisionId, world });
  }

  private async judgeAll(): Promise<void> {
    while (!this.isOver || this.ended.length > 0) {
      const [oldest] = this.ended;
      const isRipe = oldest !== undefined && performance.now() - oldest.span.until > recordAfterMs;
      if (isRipe) {
        this.ended.shift();
        await this.judge(oldest);
      } else await wait(lookAgainAfterMs);
    }
  }

  private async judge({ plan, span, answer, receipts, decisionId, world }: EndedCall): Promise<void> {
    const { rules, providers, settleMs } = this.options;
    const record = decisionId === null ? undefined : await this.readRecord(decisionId, span.until);
    const demands = [...rules.demandsOf(plan, span, settleMs), ...demandsOfBody(plan)];
    const call: MadeCall = { plan, demands, answer, receipts, world };
    const faults = [...judgeCall(call), ...recordFaults(call, record)];
    if (faults.length > 0) this.violations.push({ faults, call, record });
    providers.close(plan, (receipt) => {
      const leaked = leaks({ ...call, receipts: [receipt] });
      if (leaked.length > 0) this.violations.push({ faults: leaked, call, record });
    });
    this.judged += 1;
  }

  private async readRecord(decisionId: string, endedAt: number): Promise<DecisionRecord | undefined> {
    const { urls, masterKey, dice } = this.options;
    for (;;) {
      const response = await fetch(`${dice.oneOf(urls)}/decisions/${decisionId}`, {
        headers: bearer(masterKey),
      });
      const body: unknown = await response.json();
      if (response.ok) return (body as { record: DecisionRecord }).record;
      if (performance.now() - endedAt > recordWithinMs) return undefined;
      await wait(lookAgainAfterMs);
    }
  }
}

const judgeCount = 24;

function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}

/** As JSON, or for what takes files as a form. */
function sentAs({ endpoint, number }: CallPlan, body: object, headers: Record<string, string>): RequestInit {
  if (endpoint !== 'audio/transcriptions') {
    return {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'content-type': 'application/json' },
    };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  form.set('file', new Blob([`sounds of ${markOf(number)}`]), 'sounds.mp3');
  return { method: 'POST', body: form, headers };
}

function recordFaults(call: MadeCall, record: DecisionRecord | undefined): string[] {
  if (record !== undefined) return checkRecord(record, call);
  const isNeeded = call.receipts.length > 0 || call.answer.status === 200;
  return isNeeded ? ['UNTRUE RECORD: there is none'] : [];
}

async function callWith(
  url: string,
  sent: RequestInit,
  { isStreamed, endpoint }: CallPlan,
): Promise<{ readonly answer: Answer; readonly decisionId: string | null }> {
  const broken = { status: 0, isWhole: false };
  const response = await fetch(url, sent).catch(() => undefined);
  if (response === undefined) return { answer: broken, decisionId: null };
  const { status, headers } = response;
  const decisionId = headers.get('x-signalbox-decision-id');
  const text = await response.text().catch(() => undefined);
  if (status !== 200)
    return { answer: { status, errorType: errorTypeIn(text), isWhole: text !== undefined }, decisionId };
  const isWhole =
    text !== undefined &&
    (!isStreamed || text.includes(endpoint === 'responses' ? 'response.completed' : 'data: [DONE]'));
  return { answer: { status, isWhole }, decisionId };
}

function errorTypeIn(text = ''): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { type?: string } }).error?.type;
  } catch {
    return undefined;
  }
}
