import { existsSync, readFileSync } from 'node:fs';
import { indent } from './terminal.mjs';

/**
 * Reads what vitest's JSON reporter wrote. A file that could not be loaded counts as one failure; a missing report
 * is one as well: a runner that died must not look like a runner with nothing to do.
 * @returns {{ passed: number, failed: number, skipped: number, details: string[] }}
 */
export function readVitestReport(file, name) {
  if (!existsSync(file))
    return { passed: 0, failed: 1, skipped: 0, details: [`${name}: no test report was written`] };
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const sum = { passed: 0, failed: 0, skipped: 0, details: [] };
  for (const suite of testResults) {
    const tests = suite.assertionResults;
    sum.passed += tests.filter((test) => test.status === 'passed').length;
    const failures = tests.filter((test) => test.status === 'failed');
    sum.skipped += tests.filter((test) => !['passed', 'failed'].includes(test.status)).length;
    sum.failed += failures.length;
    for (const test of failures)
      sum.details.push(describe(name, suite.name, test.fullName, test.failureMessages));
    if (suite.status === 'failed' && failures.length === 0) {
      sum.failed += 1;
      sum.details.push(describe(name, suite.name, '(the file itself)', [suite.message]));
    }
  }
  return sum;
}

export function addUp(reports) {
  const sum = { passed: 0, failed: 0, skipped: 0, details: [] };
  for (const report of reports) {
    for (const count of ['passed', 'failed', 'skipped']) sum[count] += report[count];
    sum.details.push(...report.details);
  }
  return sum;
}

function describe(project, file, test, messages) {
  const shortFile = file.replace(`${process.cwd()}/`, '');
  const lines = messages
    .join('\n')
    .split('\n')
    .filter((line) => !line.includes('node_modules'));
  return `✗ ${project}: ${shortFile}: ${test}\n${indent(lines.slice(0, 16).join('\n'))}`;
}
