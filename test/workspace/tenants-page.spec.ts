import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Real: the whole system with the example configuration, and a shell that runs the commands of docs/tenants.md in order.

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const curlStandIn = fileURLToPath(new URL('../origin/stand-in/', import.meta.url));
const page = readFileSync(path.join(checkout, 'docs/tenants.md'), 'utf8');
const blocks = [...page.matchAll(/```sh\n([^`]+?)\n```/g)].map(([, commands = '']) => commands);
const definition = /^\w+\(\) \{.*\}$/gm;
/** What the page defines is known to all of it. */
const functions = [...page.matchAll(definition)].map(([line]) => line);
/** Commands of the blocks, one of them per request; the definitions are none. */
const runnable = blocks
  .map((commands) => commands.replaceAll(definition, '').trim())
  .filter((commands) => commands !== '');
let upstream: FakeUpstream;
let system: Signalbox;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: readFileSync(path.join(checkout, 'config.example.yaml'), 'utf8'),
    environment: Object.fromEntries(
      ['eu', 'us', 'sweden'].map((site) => [
        `SIGNALBOX_FAKE_${site.toUpperCase()}_URL`,
        upstream.siteUrl(site),
      ]),
    ),
  });
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

/** The status line of every answer, in order; the shell shows headers so that they can be seen. */
async function statusesOf(commands: string): Promise<string[]> {
  const script = ['curl() { command curl -i "$@"; echo; }', ...functions, commands].join('\n');
  const { stdout } = await promisify(execFile)(
    '/bin/bash',
    ['-c', script.replaceAll('http://127.0.0.1:4000', system.url)],
    { env: { ...process.env, NO_PROXY: '*', PATH: `${process.env['PATH'] ?? ''}:${curlStandIn}` } },
  );
  return [...stdout.matchAll(/^HTTP\/1\.1 (\d+).*[\s\S]*?\r\n\r\n(.*)/gm)].map(
    ([, status = '', body = '']) => (status === '200' ? status : `${status} ${body}`),
  );
}

describe('the page on running tenants', () => {
  it('has its commands', () => {
    expect(functions.map((line) => line.slice(0, line.indexOf('(')))).toEqual(['admin', 'lead']);
    expect(runnable.length).toBeGreaterThan(5);
  });

  it.each(runnable)('runs as it stands: %s', async (commands) => {
    const requests = commands.match(/^(admin|lead|curl) /gm) ?? [];
    expect(await statusesOf(commands)).toEqual(requests.map(() => '200'));
  });
});
