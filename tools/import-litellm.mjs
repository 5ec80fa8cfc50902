// `npm run import:litellm -- --database-url URL`: copies what LiteLLM's proxy knows of keys, teams, users and end users.
import { fileURLToPath } from 'node:url';
import { bootstrap, rerunUnderNewerNode } from './bootstrap.mjs';
import { Failure, runMain } from './failure.mjs';
import { readFlags } from './read-flags.mjs';
import { createTerminal } from './terminal.mjs';

const help = `npm run import:litellm -- --database-url URL [FLAGS]

Copies budgets, tags, end users, users, teams with their aliases and members, and keys from the Postgres of LiteLLM's
proxy into a running Signalbox, through its admin API. Keys go on working: they are taken over by their sha-256. LiteLLM's
database is only read. May be run again: what is the same already is left alone, what is other becomes as it is in
LiteLLM, and what LiteLLM does not have stays.

  --database-url URL   LiteLLM's database, postgresql://user:password@host:5432/litellm; or LITELLM_DATABASE_URL
  --to URL             the admin API of Signalbox; default http://127.0.0.1:4000
  --master-key KEY     its master key; or SIGNALBOX_MASTER_KEY
  --dry-run            change nothing, say what would be changed
  --quiet              show only the result
  --help               show this

Exit code 0: done, also when some were skipped. 1: it could not go on; the first line says why.`;

function need(value, sentence) {
  if (value !== undefined && value !== '') return value;
  throw new Failure(sentence, 'npm run import:litellm -- --help lists the flags.');
}

await runMain(async () => {
  const { values } = readFlags('npm run import:litellm', {
    'database-url': { type: 'string' },
    to: { type: 'string', default: 'http://127.0.0.1:4000' },
    'master-key': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const terminal = createTerminal({ quiet: values.quiet });
  if (values.help) {
    terminal.print(help);
    return 0;
  }
  const databaseUrl = need(
    values['database-url'] ?? process.env['LITELLM_DATABASE_URL'],
    "Say in --database-url where LiteLLM's database is.",
  );
  const masterKey = need(
    values['master-key'] ?? process.env['SIGNALBOX_MASTER_KEY'],
    'Pass the master key of Signalbox in --master-key, or in SIGNALBOX_MASTER_KEY.',
  );
  if (!/^https?:$/.test(URL.parse(values.to)?.protocol ?? '')) {
    throw new Failure(`--to must be a URL such as http://127.0.0.1:4000, not "${values.to}".`);
  }
  await bootstrap(terminal);
  const exitCode = await rerunUnderNewerNode(fileURLToPath(import.meta.url));
  if (exitCode !== undefined) return exitCode;
  const { formatReport, ImportFailure, importLitellm } = await import('../libs/litellm-import/dist/index.js');
  try {
    const report = await importLitellm({
      databaseUrl,
      target: { url: values.to, masterKey },
      isDryRun: values['dry-run'],
      now: Date.now(),
      step: terminal.step,
    });
    terminal.print(formatReport(report));
    return 0;
  } catch (error) {
    if (!(error instanceof ImportFailure)) throw error;
    throw new Failure(error.message);
  }
});
