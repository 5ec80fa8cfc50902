// `npm run build`: dependencies, database client, and every project with its specs compiled.
import { allProjects, bootstrap, compile } from './bootstrap.mjs';
import { runMain } from './failure.mjs';
import { readFlags } from './read-flags.mjs';
import { createTerminal } from './terminal.mjs';

await runMain(async () => {
  const { values } = readFlags('npm run build', { help: { type: 'boolean', default: false } });
  const terminal = createTerminal();
  if (values.help) {
    terminal.print('npm run build\n\nInstalls what is missing and compiles every project with its specs.');
    return 0;
  }
  await bootstrap(terminal, { build: false });
  await terminal.step('compiling (tsc -b)', () => compile(allProjects()));
  return 0;
});
