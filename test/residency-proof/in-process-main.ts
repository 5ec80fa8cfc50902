// The proof in one process, for the mutation check: SEED CALLS.
import { lies, proveInProcess } from './in-process-proof.js';

const [seed, calls] = process.argv.slice(2).map(Number);
if (seed === undefined || calls === undefined) throw new Error('a seed and a number of calls are needed');
const { violation, ...report } = await proveInProcess({ seed, calls, lies });
const told = violation && { faults: violation.faults, number: violation.call.plan.number };
process.stdout.write(JSON.stringify({ ...report, violation: told }));
