import type { AttemptTools } from '@signalbox/calls';
import { callsIn, type CallPlan, type Fate } from './call-plan.js';
import type { Receipt } from './oracle.js';
import type { Addresses, Site, World } from './world.js';

type Dispatch = AttemptTools['dispatcher']['dispatch'];
type Handler = Parameters<Dispatch>[1];

/** What is behind the door in one process: providers that note what they get, and answer as the call's fate wants. */
export class PretendedProviders {
  private readonly byOrigin = new Map<string, Site>();
  private readonly answered = new Map<Site, number>();
  private plan: CallPlan | undefined;
  private receipts: Receipt[] = [];

  constructor(world: World, addresses: Addresses) {
    for (const site of world.sites) {
      this.byOrigin.set(`${site.isDown ? addresses.deadPort : addresses.port}/${site.name}`, site);
    }
  }

  /** A call begins; what will have been received of it stands in what this returns. */
  receiptsOf(plan: CallPlan): readonly Receipt[] {
    this.plan = plan;
    this.receipts = [];
    return this.receipts;
  }

  readonly dispatch: Dispatch = ({ origin, path, body }, handler) => {
    const { port } = new URL(String(origin));
    const site = this.byOrigin.get(`${port}/${path.split('/')[1] ?? ''}`);
    if (site === undefined || this.plan === undefined)
      throw new Error(`a request to nowhere: ${String(origin)}${path}`);
    const text = Buffer.isBuffer(body) ? body.toString() : '';
    if (callsIn(text)[0] !== this.plan.number) throw new Error(`bytes of another call: ${text}`);
    const before = this.answered.get(site) ?? 0;
    const { withdrawnBy = Number.POSITIVE_INFINITY, answers } = site.siting;
    this.receipts.push({ site, isWithdrawn: before > withdrawnBy });
    const fate = site.isDown ? 'hangs up' : (this.plan.fates[this.receipts.length - 1] ?? 'answers');
    if (fate !== 'hangs up' && fate !== 'is late') this.answered.set(site, before + 1);
    const region = answers?.[Math.min(before, answers.length - 1)];
    this.treat(fate, handler, region === undefined ? {} : { 'x-ms-region': region });
    return true;
  };

  private treat(fate: Fate, handler: Handler, region: Record<string, string>): void {
    const controller = {} as Parameters<NonNullable<Handler['onResponseError']>>[0];
    if (fate === 'hangs up' || fate === 'is late') {
      handler.onResponseError?.(controller, new Error('the connection broke'));
      return;
    }
    const [status, text] = answerOf(fate, this.plan?.isStreamed === true);
    const isStream = text.startsWith('data:');
    const type = isStream ? 'text/event-stream' : 'application/json';
    handler.onResponseStart?.(controller, status, { ...region, 'content-type': type });
    handler.onResponseData?.(controller, Buffer.from(text));
    if (fate === 'breaks off') handler.onResponseError?.(controller, new Error('the connection broke'));
    else handler.onResponseEnd?.(controller, {});
  }
}

/** How a provider says what befell an attempt, in OpenAI's words. */
export function errorOf(fate: Fate): { readonly status: number; readonly code: string } | undefined {
  if (fate === 'fails') return { status: 500, code: 'server_error' };
  if (fate === 'is full') return { status: 429, code: 'rate_limit_exceeded' };
  if (fate === 'finds it too long') return { status: 400, code: 'context_length_exceeded' };
  if (fate === 'finds it improper') return { status: 400, code: 'content_filter' };
  return undefined;
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

function answerOf(fate: Fate, isStreamed: boolean): readonly [number, string] {
  const error = errorOf(fate);
  if (error !== undefined) {
    const { status, code } = error;
    return [
      status,
      JSON.stringify({ error: { message: code, type: 'invalid_request_error', param: null, code } }),
    ];
  }
  if (fate === 'babbles') return [200, '<html>'];
  if (!isStreamed) return [200, JSON.stringify({ choices: [], usage })];
  return [
    200,
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' } }], usage })}\n\ndata: [DONE]\n\n`,
  ];
}
