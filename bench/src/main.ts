import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCallers } from './format-callers.js';
import { formatChanges } from './format-changes.js';
import { readBenchOptions } from './options.js';
import { installPeer } from './peer.js';
import { formatResults } from './results.js';
import { runBenchmark, runCallers, runChanges } from './run-benchmark.js';

const committed = path.relative(process.cwd(), fileURLToPath(new URL('../results.md', import.meta.url)));
const say = (text: string): void => void process.stdout.write(`  ${text}\n`);

try {
  const options = readBenchOptions(process.argv.slice(2), committed);
  if (options.changesOnly) {
    process.stdout.write(`\n${formatChanges(await runChanges(options, say))}\n`);
  } else if (options.callersOnly) {
    process.stdout.write(`\n${formatCallers(await runCallers(options, say))}\n`);
  } else {
    const peer = options.withoutPeer ? undefined : await installPeer(say);
    const page = formatResults(await runBenchmark(options, peer, say));
    await writeFile(options.output, page);
    process.stdout.write(`\n${page}\nwritten to ${options.output}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
