import type { CallPlan } from './call-plan.js';
import { mayAllow, surelyAllows, type Demand } from './rules.js';
import { alias, type Site, type World } from './world.js';

/** What the client of a call was told. */
export interface Answer {
  /** 0: the connection broke before there was one. */
  readonly status: number;
  /** The error's `type`. */
  readonly errorType?: string | undefined;
  /** Everything came that was announced, a stream to its last event. */
  readonly isWhole: boolean;
}

/** Bytes of a call that a provider received. */
export interface Receipt {
  readonly site: Site;
  /** The provider had been heard to be elsewhere, long enough ago for everybody to know. */
  readonly isWithdrawn: boolean;
}

/** A call after it was made, and all that may be known of it without asking the system. */
export interface MadeCall {
  readonly plan: CallPlan;
  readonly demands: readonly Demand[];
  readonly answer: Answer;
  readonly receipts: readonly Receipt[];
  /** The one world the call was made in; absent: it met a change from one to another. */
  readonly world?: World | undefined;
}

/** What is wrong with a call, in words; nothing where all is as it must be. */
export function judgeCall(call: MadeCall): string[] {
  return [...leaks(call), ...untruths(call)];
}

/** Bytes that went where a restriction does not allow it. */
export function leaks({ demands, receipts }: MadeCall): string[] {
  return receipts.flatMap(({ site, isWithdrawn }) => {
    const words = isWithdrawn ? nowhere : site.words;
    return demands
      .filter((demand) => !mayAllow(demand, words))
      .map(({ party, either }) => {
        const place = words.size === 0 ? 'nobody knows where' : [...words].join('/');
        return `LEAK to ${site.name} (${place}), which ${party} does not allow: ${JSON.stringify(either)}`;
      });
  });
}

const nowhere: ReadonlySet<string> = new Set();
const documented = new Set([200, 400, 403, 404, 408, 429, 500, 502, 503, 504]);

/** Answers other than those that are documented for such a call. */
function untruths(call: MadeCall): string[] {
  const { answer, plan, world } = call;
  if (!plan.isServed) {
    if (answer.status === 404 && call.receipts.length === 0) return [];
    return [`WRONG ANSWER ${said(answer)} at ${plan.endpoint}, which nobody serves`];
  }
  if (!documented.has(answer.status)) return [`WRONG ANSWER ${answer.status}, which is documented nowhere`];
  if (world === undefined) return [];
  const candidates = candidatesOf(plan, world);
  const isRefusal = answer.status === 403 && answer.errorType === 'region_restricted';
  const allowed = candidates.filter(({ words }) =>
    call.demands.every((demand) => surelyAllows(demand, words)),
  );
  if (candidates.length === 0 || isUnavailable(answer)) return [];
  if (isClear(plan, candidates) && allowed.length > 0 && !(answer.status === 200 && answer.isWhole)) {
    return [
      `WRONG ANSWER ${said(answer)}, and ${allowed.map(({ name }) => name).join(', ')} could have served`,
    ];
  }
  const within = plan.mayFallBack ? world.sites : candidates;
  if (!isRefusal && !within.some((site) => call.demands.every((demand) => mayAllow(demand, site.words)))) {
    return [`WRONG ANSWER ${said(answer)} instead of 403 region_restricted: nobody could have served`];
  }
  return [];
}

function said({ status, errorType, isWhole }: Answer): string {
  return [status, errorType, ...(isWhole ? [] : ['cut off'])].join(' ').trimEnd();
}

/** A part of the system did not answer in time: nothing was sent then, and the call may be made again. */
export function isUnavailable({ status, errorType }: Answer): boolean {
  return status === 503 && errorType !== 'region_restricted';
}

/** Nothing goes wrong on the way: every provider answers, and is known to be where it is. */
function isClear({ fates }: CallPlan, candidates: readonly Site[]): boolean {
  return (
    fates.length === 0 && candidates.every(({ isDown, siting }) => !isDown && siting.isUncertain !== true)
  );
}

/** The deployments that a name stands for. */
export function candidatesOf({ model }: CallPlan, { sites }: World): Site[] {
  const group = model === alias ? 'alpha' : model;
  return sites.filter((site) => site.group === group || site.id === model);
}
