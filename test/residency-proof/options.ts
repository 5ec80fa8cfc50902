import { parseArgs } from 'node:util';
import { wholeNumber } from '../chaos/options.js';

export const proofHelp = `npm run prove:residency [-- --calls N] [--seed N] [--clients N] [--in-process | --mutations]

Puts calls of restricted callers to random configurations, while providers fail, rules change and configurations are
replaced, and compares what every provider received with what the callers' rules allow. First in one process, then at
a running system: two gateways, three routers. Ends with 1 at a violation.

  --calls N     how many, in one process and at the system each; 2000 unless told
  --seed N      what is drawn; drawn itself unless told
  --clients N   calls at the system under way at once, 48 unless told
  --in-process  without the system
  --mutations   takes out one guard of the code after the other; ends with 1 unless the proof fails for each
  --help        show this`;

export interface ProofFlags {
  readonly calls: number;
  readonly seed: number;
  readonly clients: number;
  readonly inProcess: boolean;
  readonly mutations: boolean;
  readonly help: boolean;
}

/**
 * Reads the command line.
 * @param drawnSeed the seed unless one is given.
 * @throws RangeError or TypeError that says what is wrong.
 */
export function readProofFlags(commandLine: readonly string[], drawnSeed: number): ProofFlags {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      calls: { type: 'string', default: '2000' },
      seed: { type: 'string', default: String(drawnSeed) },
      clients: { type: 'string', default: '48' },
      'in-process': { type: 'boolean', default: false },
      mutations: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    calls: wholeNumber('calls', values.calls, 1),
    seed: wholeNumber('seed', values.seed, 0),
    clients: wholeNumber('clients', values.clients, 1),
    inProcess: values['in-process'],
    mutations: values.mutations,
    help: values.help,
  };
}
