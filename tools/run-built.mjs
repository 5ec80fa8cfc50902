// Runs a program of a workspace after everything it needs was built.
import { allProjects, bootstrap, compile, rerunUnderNewerNode } from './bootstrap.mjs';
import { createTerminal } from './terminal.mjs';

/**
 * @param script path of the script that asks: where Node is too old it runs again under a newer one.
 * @param start imports the program, which may set the exit code.
 * @returns the exit code.
 */
export async function runBuilt(script, start) {
  const terminal = createTerminal();
  await bootstrap(terminal, { build: false });
  const exitCode = await rerunUnderNewerNode(script);
  if (exitCode !== undefined) return exitCode;
  await terminal.step('compiling (tsc -b)', () => compile(allProjects()));
  await start();
  return process.exitCode ?? 0;
}
