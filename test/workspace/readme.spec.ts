import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Real: the whole system with the example configuration, and a shell that runs the README's commands in order.

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const curlStandIn = fileURLToPath(new URL('../origin/stand-in/', import.meta.url));
const readme = readFileSync(path.join(checkout, 'README.md'), 'utf8');
/** Each curl of the page and the output shown below it. */
const examples = [...readme.matchAll(/```sh\n(curl [^`]+?)\n```\n```(?:json)?\n([^`]+?)\n```/g)].map(
  ([, command = '', output = '']) => ({ command, output }),
);
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
  // The Azure deployment without a declared region is asked for it right after the start.
  await upstream.until('sweden', (requests) => requests.length > 0);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

describe('the README', () => {
  it('has its examples', () => {
    expect(examples.length).toBe(5);
  });

  it.each(examples)('shows what $command says', async ({ command, output }) => {
    const { stdout } = await promisify(execFile)(
      '/bin/sh',
      ['-c', command.replace('http://127.0.0.1:4000', system.url)],
      { env: { ...process.env, NO_PROXY: '*', PATH: `${process.env['PATH'] ?? ''}:${curlStandIn}` } },
    );
    expect(withoutChance(stdout.trim())).toBe(withoutChance(output));
  });
});

/** What differs from run to run: which of several deployments answered, ids, ports, moments. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/fake-\w+-\d+/g, 'fake-SITE-0')
    .replaceAll(/Hello from \w+/g, 'Hello from SITE')
    .replaceAll(/"model":"gpt[^"]+"/g, '"model":"MODEL"')
    .replaceAll(/model-id: \S+/g, 'model-id: ID')
    .replaceAll(/"verdict":"(?:chosen|eligible)"/g, '"verdict":"FIT"')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+\/\w+/g, 'http://127.0.0.1:0/SITE')
    .replaceAll(/"created":\d+/g, '"created":0')
    .replaceAll('\r', '');
}
