// `npm run config:check -- FILE`: says what is wrong with a configuration file, with line and column.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, rerunUnderNewerNode, root } from './bootstrap.mjs';
import { Failure, runMain } from './failure.mjs';
import { readFlags } from './read-flags.mjs';
import { createTerminal } from './terminal.mjs';

await runMain(async () => {
  const flags = { help: { type: 'boolean', default: false } };
  const { values, positionals } = readFlags('npm run config:check', flags, { allowPositionals: true });
  const terminal = createTerminal();
  if (values.help) {
    terminal.print(
      'npm run config:check [-- FILE]\n\nChecks a configuration file; default config.example.yaml.',
    );
    return 0;
  }
  if (positionals.length > 1) throw new Failure('One file at a time, please.');
  await bootstrap(terminal);
  const exitCode = await rerunUnderNewerNode(fileURLToPath(import.meta.url));
  if (exitCode !== undefined) return exitCode;
  const { checkConfig } = await import('../libs/local-stack/dist/index.js');
  return checkConfig(path.resolve(positionals[0] ?? path.join(root, 'config.example.yaml')), terminal);
});
