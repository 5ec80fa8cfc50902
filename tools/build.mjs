// `npm run build`: dependencies, database client, and every project with its specs compiled.
import { allProjects, bootstrap, compile, serviceProjects } from './bootstrap.mjs';
import { runMain } from './failure.mjs';
import { readFlags } from './read-flags.mjs';
import { createTerminal } from './terminal.mjs';

await runMain(async () => {
  const { values } = readFlags('npm run build', {
    services: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const terminal = createTerminal();
  if (values.help) {
    terminal.print(
      'npm run build [-- --services]\n\n' +
        'Installs what is missing and compiles every project with its specs; --services: only what runs.',
    );
    return 0;
  }
  await bootstrap(terminal, { build: false });
  await terminal.step('compiling (tsc -b)', () =>
    compile(values.services ? serviceProjects() : allProjects()),
  );
  return 0;
});
