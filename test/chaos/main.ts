import { randomInt } from 'node:crypto';
import { chaosHelp, readChaosFlags } from './options.js';
import { runChaos, type ChaosReport } from './run-chaos.js';

const shownFaults = 20;
const beganAt = performance.now();
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (sentence: string): void => {
  print(`${((performance.now() - beganAt) / 1_000).toFixed(1).padStart(7)} s  ${sentence}`);
};

try {
  const flags = readChaosFlags(process.argv.slice(2), randomInt(2 ** 31));
  if (flags.help) print(chaosHelp);
  else {
    const report = await runChaos({ ...flags, say });
    printReport(report, flags.seed);
    if (report.faults.length > 0) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

function printReport({ faults, lost, ...report }: ChaosReport, seed: number): void {
  const { calls, kills, statuses, ledger, counters } = report;
  const answered = lost.filter(({ isAnswered }) => isAnswered).length;
  print(`\nseed ${seed}: ${calls} calls, ${kills} parts killed`);
  print(`answers by status: ${JSON.stringify(statuses)}`);
  print(`ledger:   ${JSON.stringify(ledger)}`);
  print(`counters: ${JSON.stringify(counters)}`);
  print(`records that went with a killed gateway: ${lost.length}, of them ${answered} of answered calls`);
  for (const fault of faults.slice(0, shownFaults)) print(`WRONG ${fault}`);
  print(faults.length === 0 ? 'every other attempt is counted, and once' : `${faults.length} faults`);
}
