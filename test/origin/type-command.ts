import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a shell printed for a curl command that shows headers. */
export interface TypedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws when it is not. */
  json(): Record<string, unknown>;
}

const standIn = fileURLToPath(new URL('./stand-in/', import.meta.url));
const run = promisify(execFile);

/** Types a command into a shell. The command stays as it is: a `.curlrc` makes curl show the headers. */
export async function typeCommand(command: string): Promise<TypedAnswer> {
  const home = await mkdtemp(path.join(tmpdir(), 'signalbox-curl-'));
  try {
    await writeFile(path.join(home, '.curlrc'), 'silent\nshow-error\ninclude\nmax-time = 60\n');
    const environment = {
      ...process.env,
      CURL_HOME: home,
      NO_PROXY: '*',
      PATH: `${process.env['PATH'] ?? ''}${path.delimiter}${standIn}`,
    };
    const { stdout } = await run('/bin/sh', ['-c', command], { env: environment, timeout: 90_000 });
    return readAnswer(stdout);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function readAnswer(printed: string): TypedAnswer {
  const end = printed.indexOf('\r\n\r\n');
  const [statusLine = '', ...headerLines] = printed.slice(0, end).split('\r\n');
  const text = printed.slice(end + 4);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Headers(
      headerLines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    ),
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}
