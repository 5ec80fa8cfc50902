/** Real: the sources of this lib and of the gateway. Fake: a dispatcher that only notes what it is given. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { aDeployment } from '@signalbox/routing/testing';
import { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { openUpstream } from './open-upstream.js';
import { ProbePermit } from './permit.js';

class NotingDispatcher extends Dispatcher {
  readonly noted: Dispatcher.DispatchOptions[] = [];
  override dispatch(options: Dispatcher.DispatchOptions): boolean {
    this.noted.push(options);
    return true;
  }
}

const timeouts = { deadlineMs: 1_000, silenceMs: 0 };
const permit = ProbePermit.for(aDeployment({ upstream: { apiBase: 'https://API.example.com:443/v1' } }));

describe('openUpstream', () => {
  it('sends to the endpoint of the permit', () => {
    const dispatcher = new NotingDispatcher();
    const url = 'https://API.example.com:443/v1/models?x=1';
    openUpstream(dispatcher, permit, { method: 'GET', url, headers: {} }, timeouts).abort('client_gone');
    expect(dispatcher.noted[0]).toMatchObject({ origin: 'https://api.example.com', path: '/v1/models?x=1' });
  });

  it.each([
    'https://evil.example/v1/models',
    'https://api.example.com.evil.example/v1',
    'http://api.example.com/v1',
  ])('sends nothing to %s', (url) => {
    const dispatcher = new NotingDispatcher();
    expect(() => openUpstream(dispatcher, permit, { method: 'GET', url, headers: {} }, timeouts)).toThrow(
      'addressed elsewhere',
    );
    expect(dispatcher.noted).toEqual([]);
  });

  it('lets a probe carry nothing', () => {
    const request = {
      method: 'POST',
      url: 'https://api.example.com/v1/x',
      headers: {},
      body: Buffer.from('{}'),
    } as const;
    expect(() => openUpstream(new NotingDispatcher(), permit, request, timeouts)).toThrow('carries no data');
  });

  it('is the only door: no other source opens a connection of its own', async () => {
    const libs = path.resolve(import.meta.dirname, '../..');
    const opening =
      /(?<![.\w])fetch\(|globalThis\.fetch|\.dispatch\(|\.request\(|from 'node:(?:http2|https|net|tls)'|\bnew Agent\(/;
    const doors = async (root: string): Promise<string[]> => {
      const files = (await readdir(root, { recursive: true })).filter(
        (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('spec-support'),
      );
      const sources = await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8')));
      return files.filter((_, at) => opening.test(sources[at]?.replaceAll(/^import type .*$/gm, '') ?? ''));
    };
    expect((await doors(path.join(libs, 'src'))).sort()).toEqual([
      'upstream/create-dispatcher.ts',
      'upstream/open-upstream.ts',
    ]);
    expect(await doors(path.join(libs, '../../apps/gateway/src'))).toEqual([]);
  });
});
