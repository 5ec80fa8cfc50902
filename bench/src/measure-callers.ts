import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from './helper-process.js';
import { startPopulatedSystem, type PopulatedSystem } from './populated-system.js';
import { processesByRole, type Role } from './processes-by-role.js';
import { processorTimeOf } from './processor-time.js';

/** What a call of one kind of caller costs. */
export interface CallerCost {
  readonly name: string;
  /** Keys, and end users, in Postgres. */
  readonly inPostgres: number;
  readonly calls: number;
  /** Microseconds of processor time per call, by role. */
  readonly cpuPerCall: Readonly<Record<string, number>>;
  readonly cpuSum: number;
  /** How often the gateway asked over the bus who somebody is, per call. */
  readonly questionsPerCall: number;
}

export const callerRoles = [
  'gateway',
  'router',
  'usage',
  'identity',
  'nats',
  'redis',
  'postgres',
] as const satisfies readonly Role[];

const FEW = 5_000;
const MANY = 100_000;
const KNOWN = 2_000;
const MOST_ROUNDS = 6;
const CALLS_PER_WINDOW = 300;
const WARM_UP_CALLS = 2_000;
const AT_ONCE = 8;
const SETTLE_MS = 400;

/** Whom the next call is made for. */
type Callers = () => number;

/** Costs of callers that the gateway knows and does not know, with few and with many in Postgres. */
export async function measureCallers(
  rounds: number,
  onRound: (inPostgres: number, done: number) => void,
): Promise<readonly CallerCost[]> {
  const upstream = await startHelper('fake-upstream');
  const system = await startPopulatedSystem(upstream.port);
  // Each caller is unknown once.
  let met = KNOWN;
  let turn = 0;
  const one: Callers = () => 1;
  const unknown: Callers = () => (met += 1);
  const known: Callers = () => 1 + (turn++ % KNOWN);
  try {
    const measure = async (inPostgres: number, contestants: Readonly<Record<string, Callers>>) => {
      await system.populate(inPostgres);
      return alternate(system, inPostgres, contestants, Math.min(rounds, MOST_ROUNDS), (done) => {
        onRound(inPostgres, done);
      });
    };
    await system.populate(FEW);
    await callAll(system, known, WARM_UP_CALLS);
    const few = await measure(FEW, { 'one caller': one, 'a caller never seen': unknown });
    const many = await measure(MANY, {
      'one caller': one,
      [`the next of ${KNOWN} known callers`]: known,
      'a caller never seen': unknown,
    });
    return [...few, ...many];
  } finally {
    await system.stop();
    upstream.process.kill();
  }
}

/** Windows of all contestants in turns, beginning with another one each round. */
async function alternate(
  system: PopulatedSystem,
  inPostgres: number,
  contestants: Readonly<Record<string, Callers>>,
  rounds: number,
  onRound: (done: number) => void,
): Promise<CallerCost[]> {
  const entries = Object.entries(contestants);
  const totals = new Map(entries.map(([name]) => [name, emptyTotal()]));
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < entries.length; index += 1) {
      const [name, callers] = entries[(round + index) % entries.length] ?? [];
      const total = name === undefined ? undefined : totals.get(name);
      if (callers !== undefined && total !== undefined) await addWindow(system, callers, total);
    }
    onRound(round + 1);
  }
  return [...totals].map(([name, { calls, questions, cpuMs }]) => {
    const cpu = callerRoles.map((role): [Role, number] => [role, (cpuMs[role] * 1_000) / calls]);
    return {
      name,
      inPostgres,
      calls,
      cpuPerCall: Object.fromEntries(cpu),
      cpuSum: cpu.reduce((sum, [, time]) => sum + time, 0),
      questionsPerCall: questions / calls,
    };
  });
}

/** Windows are short for the clock of /proc: only their sums are good figures. */
interface Total {
  calls: number;
  questions: number;
  readonly cpuMs: Record<Role, number>;
}

function emptyTotal(): Total {
  const cpuMs = Object.fromEntries(callerRoles.map((role) => [role, 0])) as Record<Role, number>;
  return { calls: 0, questions: 0, cpuMs };
}

async function addWindow(system: PopulatedSystem, callers: Callers, total: Total): Promise<void> {
  const questionsBefore = await system.questions();
  const before = processorTimes();
  await callAll(system, callers, CALLS_PER_WINDOW);
  await sleep(SETTLE_MS);
  const after = processorTimes();
  total.calls += CALLS_PER_WINDOW;
  total.questions += (await system.questions()) - questionsBefore;
  for (const role of callerRoles) total.cpuMs[role] += after[role] - before[role];
}

async function callAll(system: PopulatedSystem, callers: Callers, count: number): Promise<void> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await system.call(callers());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function processorTimes(): Record<Role, number> {
  const pids = processesByRole(callerRoles);
  const times = callerRoles.map((role): [Role, number] => [
    role,
    pids[role].reduce((sum, pid) => sum + processorTimeOf(pid), 0),
  ]);
  return Object.fromEntries(times) as Record<Role, number>;
}
