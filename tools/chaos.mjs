// `npm run chaos -- FLAGS`: the chaos run of test/chaos, after what it needs was built.
import { fileURLToPath } from 'node:url';
import { allProjects, bootstrap, compile, rerunUnderNewerNode } from './bootstrap.mjs';
import { runMain } from './failure.mjs';
import { createTerminal } from './terminal.mjs';

await runMain(async () => {
  const terminal = createTerminal();
  await bootstrap(terminal, { build: false });
  const exitCode = await rerunUnderNewerNode(fileURLToPath(import.meta.url));
  if (exitCode !== undefined) return exitCode;
  await terminal.step('compiling (tsc -b)', () => compile(allProjects()));
  await import('../test/dist/main.js');
  return process.exitCode ?? 0;
});
