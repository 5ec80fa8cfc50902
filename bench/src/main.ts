import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCallers } from './format-callers.js';
import { formatChanges } from './format-changes.js';
import { formatUsage } from './format-usage.js';
import { measureReports } from './measure-reports.js';
import { measureUsage } from './measure-usage.js';
import {
  benchHelp,
  PUBLISHED_ATTEMPTS,
  PUBLISHED_EVENTS,
  readBenchOptions,
  type BenchOptions,
} from './options.js';
import { installPeer } from './peer.js';
import { reportsPage } from './reports-page.js';
import { formatResults } from './results.js';
import { runBenchmark, runCallers, runChanges } from './run-benchmark.js';

/** A page, and the file it is written to; absent: none. */
interface Page {
  readonly text: string;
  readonly file?: string | undefined;
}

const committed = (name: string): string =>
  path.relative(process.cwd(), fileURLToPath(new URL(`../${name}`, import.meta.url)));
const say = (text: string): void => void process.stdout.write(`  ${text}\n`);

const pages: Readonly<Record<BenchOptions['part'], (options: BenchOptions) => Promise<Page>>> = {
  callers: async (options) => ({ text: formatCallers(await runCallers(options, say)) }),
  changes: async (options) => ({ text: formatChanges(await runChanges(options, say)) }),
  reports: async ({ attempts, days }) => ({
    text: reportsPage(await measureReports(attempts, days, say)),
    file: attempts === PUBLISHED_ATTEMPTS ? committed('reports.md') : undefined,
  }),
  usage: async (options) => ({
    text: formatUsage(await measureUsage(options, say)),
    file: options.events === PUBLISHED_EVENTS && !options.quick ? committed('usage.md') : undefined,
  }),
  everything: async (options) => {
    const peer = options.withoutPeer ? undefined : await installPeer(say);
    return { text: formatResults(await runBenchmark(options, peer, say)), file: options.output };
  },
};

try {
  const options = readBenchOptions(process.argv.slice(2), committed('results.md'));
  if (options.help) {
    process.stdout.write(`${benchHelp()}\n`);
  } else {
    const { text, file } = await pages[options.part](options);
    if (file !== undefined) await writeFile(file, `${text.trimEnd()}\n`);
    process.stdout.write(`\n${text}\n${file === undefined ? '' : `written to ${file}\n`}`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
