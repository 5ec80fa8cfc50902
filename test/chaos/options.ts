import { parseArgs } from 'node:util';

export const chaosHelp = `npm run chaos [-- --calls N] [--seed N] [--clients N]

Makes calls, streamed and not, with providers that fail and clients that go away, while gateways, routers, usage
services, NATS and Redis are killed and restarted. At the end what the provider served must be what was counted.

  --calls N    how many, 20000 unless told
  --seed N     what is called and killed, in which order; drawn unless told
  --clients N  calls under way at once, 24 unless told
  --help       show this`;

export interface ChaosFlags {
  readonly calls: number;
  readonly seed: number;
  readonly clients: number;
  readonly help: boolean;
}

/**
 * Reads the command line.
 * @param drawnSeed the seed unless one is given.
 * @throws RangeError or TypeError that says what is wrong.
 */
export function readChaosFlags(commandLine: readonly string[], drawnSeed: number): ChaosFlags {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      calls: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(drawnSeed) },
      clients: { type: 'string', default: '24' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    calls: wholeNumber('calls', values.calls, 1),
    seed: wholeNumber('seed', values.seed, 0),
    clients: wholeNumber('clients', values.clients, 1),
    help: values.help,
  };
}

/** A flag that counts something. */
export function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new RangeError(`--${name} must be a whole number from ${least}, not ${text}`);
}
