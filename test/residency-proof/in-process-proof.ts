import { Dice } from '../chaos/dice.js';
import { drawCall, type CallPlan } from './call-plan.js';
import { judgeCall, type MadeCall } from './oracle.js';
import { drawPolicy } from './places.js';
import { InProcessHouse } from './in-process-house.js';
import { demandsOfBody } from './rules.js';
import type { Violation } from './violation.js';
import { drawWorld } from './world.js';

export interface InProcessOptions {
  readonly seed: number;
  readonly calls: number;
  /**
   * How often the router is a liar, which sends a call to whichever deployment the dice say: the gateway's own check must
   * hold by itself.
   */
  readonly lies: number;
}

export interface InProcessReport {
  readonly calls: number;
  /** Requests that providers received. */
  readonly receipts: number;
  readonly refusals: number;
  /** The first call that went wrong. */
  readonly violation?: Violation | undefined;
}

/** The usual share of lies. */
export const lies = 0.1;
const callsPerWorld = 40;
const parties = ['end_user', 'team', 'key'] as const;
const callers = { keys: 1, endUsers: 1 };

/**
 * Puts calls through the real code of router and gateway, in this process: configuration, judgement, admission, permit, retries,
 * fallbacks, the door. Only what is behind the door is pretended. Ends with the first call that goes wrong.
 */
export async function proveInProcess({ seed, calls, lies }: InProcessOptions): Promise<InProcessReport> {
  const dice = new Dice(seed);
  const report = { calls: 0, receipts: 0, refusals: 0 };
  for (let number = 1; report.calls < calls; number += 1) {
    const world = drawWorld(number, dice);
    const house = await InProcessHouse.of(world, dice);
    for (let made = 0; made < callsPerWorld && report.calls < calls; made += 1) {
      report.calls += 1;
      const isLied = dice.isLucky(lies);
      const call = await callOnce(house, drawCall(report.calls, callers, dice), isLied, dice);
      report.receipts += call.receipts.length;
      if (call.receipts.length === 0) report.refusals += 1;
      // What a liar keeps from being served is no fault of those that it lies to.
      const faults = judgeCall(isLied ? { ...call, world: undefined } : call);
      if (faults.length > 0) return { ...report, violation: { faults, call } };
    }
  }
  return report;
}

async function callOnce(
  house: InProcessHouse,
  plan: CallPlan,
  isLied: boolean,
  dice: Dice,
): Promise<MadeCall> {
  const policies = {
    end_user: plan.endUser !== undefined && dice.isLucky(0.6) ? drawPolicy(dice) : undefined,
    team: dice.isLucky(0.3) ? drawPolicy(dice) : undefined,
    key: dice.isLucky(0.3) ? drawPolicy(dice) : undefined,
  };
  const { answer, receipts } = await house.call(plan, policies, isLied);
  const demands = [
    ...parties.map((from) => ({ from, party: `the ${from}`, either: [policies[from]] })),
    ...demandsOfBody(plan),
  ];
  return { plan, demands, answer, receipts, world: house.world };
}
