// `npm run bench -- FLAGS`: the benchmark of bench/, after what it needs was built.
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
  const part = process.argv.includes('--reports') ? 'reports-main' : 'main';
  await import(`../bench/dist/${part}.js`);
  return process.exitCode ?? 0;
});
