import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { compiled } from './compiled.js';
import { mutants, type Mutant } from './mutants.js';

export interface MutantFate {
  readonly mutant: Mutant;
  /** What the proof says of the call by which it noticed; absent: it noticed nothing. */
  readonly caught?: { readonly calls: number; readonly faults: readonly string[] } | undefined;
  /** Why nothing can be said: the mutant does not fit the code any more. */
  readonly failure?: string;
}

/** What the program of the proof in one process prints. */
export interface ProgramReport {
  readonly calls: number;
  readonly violation?: { readonly faults: readonly string[] };
}

/** Runs the proof once without each of the guards, from the compiled files. */
export async function checkMutants(seed: number, calls: number): Promise<MutantFate[]> {
  const fates: MutantFate[] = [];
  for (const mutant of mutants) fates.push(await fateOf(mutant, seed, calls));
  return fates;
}

async function fateOf(mutant: Mutant, seed: number, calls: number): Promise<MutantFate> {
  const run = await runWithout(mutant, [String(seed), String(calls)]);
  if (typeof run === 'string') return { mutant, failure: run };
  const { calls: made, violation } = run;
  return { mutant, caught: violation === undefined ? undefined : { calls: made, faults: violation.faults } };
}

function runWithout({ name }: Mutant, words: readonly string[]): Promise<ProgramReport | string> {
  const preload = `${pathToFileURL(compiled('plant-mutant')).href}?${name}`;
  const commandLine = ['--import', preload, compiled('in-process-main'), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, commandLine, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as ProgramReport);
      else resolve(/^Error: (.*)$/m.exec(stderr)?.[1] ?? (stderr || error.message));
    });
  });
}
