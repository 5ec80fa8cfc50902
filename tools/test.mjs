// `npm test`: everything that is checked about this repository, on a machine where nothing was prepared.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  allProjects,
  bootstrap,
  compile,
  rerunUnderNewerNode,
  root,
  usableNode,
  withBinaries,
} from './bootstrap.mjs';
import { Failure, runMain } from './failure.mjs';
import { withLock } from './file-lock.mjs';
import { readFlags } from './read-flags.mjs';
import { runCommand } from './run-command.mjs';
import { createTerminal, indent } from './terminal.mjs';
import { addUp, readVitestReport } from './vitest-report.mjs';

const help = `npm test [-- --only lint|unit|e2e]

Installs what is missing, then checks formatting, lint with the module boundaries, and types, runs the unit and
service tests of every project, and the end-to-end tests. NATS, Redis and Postgres are started on free ports and
stopped again. Each check of the first kind counts as one; the last line is the sum: "N passed, N failed".

  --only lint   formatting, lint and types
  --only unit   unit and service tests
  --only e2e    types (they are what is run) and end-to-end tests
  --help        show this`;

const lockFile = (name) => path.join(root, '.signalbox', `${name}.lock`);
const quietNx = {
  ...withBinaries(),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  FORCE_COLOR: '0',
};

/** One step that is either right or wrong. */
async function check(command, commandArguments, environment = withBinaries()) {
  const { exitCode, output } = await runCommand(command, commandArguments, { cwd: root, environment });
  if (exitCode === 0) return { passed: 1, failed: 0, skipped: 0, details: [] };
  return { passed: 0, failed: 1, skipped: 0, details: [output.trim()] };
}

const formatting = () => check('prettier', ['--check', '--log-level=warn', '.']);
const lint = () => check('nx', ['run-many', '-t', 'lint', '--outputStyle=static'], quietNx);

async function types(onWait) {
  try {
    await withLock(lockFile('bootstrap'), onWait, () => compile(allProjects()));
    return { passed: 1, failed: 0, skipped: 0, details: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { passed: 0, failed: 1, skipped: 0, details: [error.details] };
  }
}

/** Says what is done so far; what the result is, the reports say. */
function progress(say, pattern) {
  return (line) => {
    const [, done] = pattern.exec(line) ?? [];
    if (done !== undefined) say(done.trim());
  };
}

/** The tests beside the sources, in every project; what did not change since is told from Nx's cache. */
async function unitTests(say) {
  const { ensureServerBinaries } = await import('../libs/local-stack/dist/index.js');
  await ensureServerBinaries({ dataDirectory: path.join(root, '.signalbox'), say });
  const projects = allProjects()
    .map((file) => path.dirname(file))
    .filter((folder) => folder !== 'test');
  for (const folder of projects) rmSync(path.join(root, folder, 'test-results.json'), { force: true });
  const { output } = await runCommand('nx', ['run-many', '-t', 'test', '--outputStyle=static'], {
    cwd: root,
    environment: quietNx,
    onLine: progress(say, /^> nx run (\S+):test/),
  });
  const reports = projects.map((folder) =>
    readVitestReport(path.join(root, folder, 'test-results.json'), folder),
  );
  const sum = addUp(reports);
  // Without a single report nothing was run at all: then Nx itself has something to say.
  if (reports.every((report) => report.passed === 0)) sum.details.unshift(output.trim());
  return sum;
}

/** The whole system from outside. Never cached: it is what a user would see. */
async function endToEndTests(say) {
  const { ensureServerBinaries } = await import('../libs/local-stack/dist/index.js');
  await ensureServerBinaries({ dataDirectory: path.join(root, '.signalbox'), say });
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-report-'));
  const report = path.join(folder, 'e2e.json');
  try {
    const { output } = await runCommand(
      usableNode(),
      [
        path.join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { cwd: path.join(root, 'test'), environment: { ...withBinaries(), FORCE_COLOR: '0' } },
    );
    const sum = readVitestReport(report, 'test');
    if (!existsSync(report)) sum.details.push(output.trim());
    return sum;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runMain(async () => {
  const { values } = readFlags('npm test', {
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  const terminal = createTerminal();
  if (values.help) {
    terminal.print(help);
    return 0;
  }
  const { only } = values;
  if (only !== undefined && !['lint', 'unit', 'e2e'].includes(only)) {
    throw new Failure(`--only takes lint, unit or e2e, not "${only}".`);
  }
  await bootstrap(terminal, { build: false });
  const rerun = await rerunUnderNewerNode(fileURLToPath(import.meta.url));
  if (rerun !== undefined) return rerun;

  const sums = [];
  const step = async (title, work) => {
    const sum = await terminal.step(title, async (say) => {
      const found = await work(say);
      const skipped = found.skipped === 0 ? '' : `, ${found.skipped} skipped`;
      return {
        ...found,
        ok: found.failed === 0,
        remark: `${found.passed} passed, ${found.failed} failed${skipped}`,
      };
    });
    sums.push(sum);
    for (const detail of sum.details) terminal.print(indent(detail));
    return sum.failed === 0;
  };
  const onWait = (owner) => terminal.note(`waiting for another npm test in this checkout (process ${owner})`);

  const isCompiled = await step('types (tsc -b)', () => types(onWait));
  // Two runs in one checkout take turns here: the second finds the first one's results in Nx's cache.
  await withLock(lockFile('checks'), onWait, async () => {
    if (only === undefined || only === 'lint') {
      await step('formatting (prettier)', formatting);
      await step('lint and module boundaries (eslint)', lint);
    }
    if (isCompiled && (only === undefined || only === 'unit'))
      await step('unit and service tests', unitTests);
  });
  if (isCompiled && (only === undefined || only === 'e2e')) await step('end-to-end tests', endToEndTests);
  if (!isCompiled && only !== 'lint')
    terminal.print('What does not compile is not run: the tests were left out.');

  const { passed, failed } = addUp(sums);
  terminal.print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
