import { randomInt } from 'node:crypto';
import { lies, proveInProcess } from './in-process-proof.js';
import { checkMutants } from './mutation-check.js';
import { proofHelp, readProofFlags, type ProofFlags } from './options.js';
import { describeViolation, type Violation } from './violation.js';

/** More than any mutant has ever needed. */
const callsPerMutant = 5_000;
const print = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  const flags = readProofFlags(process.argv.slice(2), randomInt(2 ** 31));
  if (flags.help) print(proofHelp);
  else if (!(flags.mutations ? await showMutants(flags.seed) : await prove(flags))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

async function prove({ seed, calls }: ProofFlags): Promise<boolean> {
  const { violation, ...counts } = await proveInProcess({ seed, calls, lies });
  print(`in one process, seed ${seed}: ${counts.calls} calls, ${counts.receipts} requests to providers`);
  return isProven(seed, violation === undefined ? [] : [violation]);
}

function isProven(seed: number, violations: readonly Violation[]): boolean {
  for (const violation of violations)
    print(`\nseed ${seed}, call ${violation.call.plan.number}\n${describeViolation(violation)}`);
  print(
    violations.length === 0
      ? 'no byte went where it must not, no answer was wrong'
      : `${violations.length} violations`,
  );
  return violations.length === 0;
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
