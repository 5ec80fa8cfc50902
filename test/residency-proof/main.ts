import { randomInt } from 'node:crypto';
import { lies, proveInProcess } from './in-process-proof.js';
import { checkMutants } from './mutation-check.js';
import { proofHelp, readProofFlags, type ProofFlags } from './options.js';
import { proveAtSystem } from './system-proof.js';
import { describeViolation, type Violation } from './violation.js';

/** More than any mutant has ever needed. */
const callsPerMutant = 5_000;
/** What docs/tenants.md promises: a change holds at every gateway within a second. */
const settleMs = 1_000;
/** Configurations hold for so many calls, or for a part of a short run. */
const mostCallsPerWorld = 2_000;
const fewestWorlds = 4;
const shownViolations = 3;
const beganAt = performance.now();
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (sentence: string): void => {
  print(`${((performance.now() - beganAt) / 1_000).toFixed(1).padStart(7)} s  ${sentence}`);
};

try {
  const flags = readProofFlags(process.argv.slice(2), randomInt(2 ** 31));
  if (flags.help) print(proofHelp);
  else if (!(flags.mutations ? await showMutants(flags.seed) : await prove(flags))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

async function prove({ seed, calls, clients, inProcess }: ProofFlags): Promise<boolean> {
  const { violation, ...counts } = await proveInProcess({ seed, calls, lies });
  say(`in one process, seed ${seed}: ${counts.calls} calls, ${counts.receipts} requests to providers`);
  if (inProcess || violation !== undefined)
    return isProven(seed, violation === undefined ? [] : [violation], []);
  const callsPerWorld = Math.min(mostCallsPerWorld, Math.ceil(calls / fewestWorlds));
  const { violations, faults, ...report } = await proveAtSystem({
    seed,
    calls,
    clients,
    settleMs,
    callsPerWorld,
    say,
  });
  print(`\nseed ${seed}: ${report.calls} calls, ${report.requests} requests to providers`);
  print(`${report.worlds} configurations, ${report.ruleChanges} changes of rules`);
  print(
    `answers by status: ${JSON.stringify(report.statuses)}, of them ${report.unavailable} because a part was busy`,
  );
  return isProven(seed, violations, faults);
}

function isProven(seed: number, violations: readonly Violation[], faults: readonly string[]): boolean {
  for (const violation of violations.slice(0, shownViolations)) {
    print(`\nWRONG with seed ${seed}, call ${violation.call.plan.number}\n${describeViolation(violation)}`);
  }
  for (const fault of faults.slice(0, shownViolations)) print(`WRONG with seed ${seed}: ${fault}`);
  const isRight = violations.length === 0 && faults.length === 0;
  if (isRight) print('no byte went where it must not, and every answer and record was as it must be');
  return isRight;
}

async function showMutants(seed: number): Promise<boolean> {
  print(`seed ${seed}`);
  const fates = await checkMutants(seed, callsPerMutant);
  for (const { mutant, caught, failure } of fates) {
    print(`\nwithout ${mutant.without} (${mutant.name}):`);
    if (caught === undefined)
      print(`  NOT NOTICED: ${failure ?? `${callsPerMutant} calls, all as they must be`}`);
    else print(`  noticed at call ${caught.calls}: ${caught.faults.join('\n    ')}`);
  }
  const missed = fates.filter(({ caught }) => caught === undefined).length;
  print(
    missed === 0
      ? '\nthe proof fails without each of its guards, as it must'
      : `\n${missed} guards are not proven`,
  );
  return missed === 0;
}
