import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Real: the whole system with the example configuration, and a shell that runs the commands of pages in docs/ in order.

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const curlStandIn = fileURLToPath(new URL('../origin/stand-in/', import.meta.url));
// Inside the checkout, so that npx finds its commands.
const data = path.join(checkout, '.signalbox');
mkdirSync(data, { recursive: true });
const scratch = mkdtempSync(path.join(data, 'pages-'));
const definition = /^\w+\(\) \{.*\}$/gm;
/** Notes every answer with its headers, and shows what curl itself would show. */
const notedCurl = `curl() {
  local answer; answer=$(command curl -i "$@"; echo .); answer=\${answer%.}; printf '%s\\n' "$answer" >&3
  case "$1" in -i | -si) printf '%s' "$answer" ;; *) printf '%s' "\${answer#*$'\\r\\n\\r\\n'}" ;; esac
}`;
let upstream: FakeUpstream;
let system: Signalbox;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: readFileSync(path.join(checkout, 'config.example.yaml'), 'utf8'),
    environment: {
      SIGNALBOX_SALT_KEY: 'words-that-seal-models',
      ...Object.fromEntries(
        ['eu', 'us', 'sweden'].map((site) => [
          `SIGNALBOX_FAKE_${site.toUpperCase()}_URL`,
          upstream.siteUrl(site),
        ]),
      ),
    },
  });
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The status of every answer in order, with the body where it is not 200. */
async function statusesOf(commands: string): Promise<string[]> {
  const answers = path.join(scratch, 'answers');
  await promisify(execFile)(
    '/bin/bash',
    ['-c', `exec 3>"$0"\n${notedCurl}\n${commands.replaceAll('http://127.0.0.1:4000', system.url)}`, answers],
    {
      cwd: scratch,
      env: { ...process.env, NO_PROXY: '*', PATH: `${process.env['PATH'] ?? ''}:${curlStandIn}` },
    },
  );
  return [...readFileSync(answers, 'utf8').matchAll(/^HTTP\/1\.1 (\d+).*[\s\S]*?\r\n\r\n(.*)/gm)].map(
    ([, status = '', body = '']) => (status === '200' ? status : `${status} ${body}`),
  );
}

describe.each([
  'tenants',
  'caller-limits',
  'budgets',
  'configuration-changes',
  'usage-and-spend',
  'residency',
  'decision-records',
  'endpoints',
])('the page docs/%s.md', (name) => {
  const page = readFileSync(path.join(checkout, `docs/${name}.md`), 'utf8');
  /** What the page defines is known to all of it. */
  const functions = [...page.matchAll(definition)].map(([line]) => line).join('\n');
  /** Commands of the blocks that call the gateway; the definitions are none. */
  const runnable = [...page.matchAll(/```sh\n([^`]+?)\n```/g)]
    .map(([, commands = '']) => commands.replaceAll(definition, '').trim())
    .filter((commands) => /^(admin|lead|curl) /m.test(commands));

  it('has commands', () => {
    expect(runnable).not.toEqual([]);
  });

  it.each(runnable)('runs as it stands: %s', async (commands) => {
    const statuses = await statusesOf(`${functions}\n${commands}`);
    const requests = commands.match(/^(admin|lead|curl) /gm) ?? [];
    expect(statuses.length).toBeGreaterThanOrEqual(requests.length);
    // A command says which other answer it is meant to get; who waits for a record is told that there is none yet.
    const others = [
      ...(commands.match(/(?<=# )\d{3}\b/g) ?? []),
      ...(commands.includes('until ') ? ['404'] : []),
    ];
    const unexpected = statuses.filter((status) => !['200', ...others].includes(status.slice(0, 3)));
    expect(unexpected).toEqual([]);
  });
});
