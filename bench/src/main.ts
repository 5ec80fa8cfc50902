import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBenchOptions } from './options.js';
import { formatResults } from './results.js';
import { runBenchmark } from './run-benchmark.js';

const committed = path.relative(process.cwd(), fileURLToPath(new URL('../results.md', import.meta.url)));

try {
  const options = readBenchOptions(process.argv.slice(2), committed);
  const results = await runBenchmark(options, (text) => process.stdout.write(`  ${text}\n`));
  const page = formatResults(results);
  await writeFile(options.output, page);
  process.stdout.write(`\n${page}\nwritten to ${options.output}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
