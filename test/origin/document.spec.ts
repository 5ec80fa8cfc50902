import { describe, expect, it } from 'vitest';
import { curlCommands, readDocument } from './document.js';

// Files only: that the commands typed by the other specs are really those of the pages.

describe('commands of the origin documents', () => {
  it.each([
    ['region-based-routing-inferred', ['/end_user/new', '/chat/completions']],
    ['region-based-routing-declared', ['/end_user/new', '/chat/completions']],
    ['manage-multiple-deployments', ['/router/completions']],
    ['team-based-routing', ['/team/new', '/key/generate', '/v1/chat/completions']],
  ] as const)('%s calls %j', (name, paths) => {
    const commands = curlCommands(readDocument(name));
    expect(commands.map((command) => /http:\/\/[^/]+(\/[a-z0-9_/]+)/.exec(command)?.[1])).toEqual(paths);
    for (const command of commands) {
      const data = /--data '([\s\S]*)'/.exec(command)?.[1]?.replaceAll("'\\''", "'") ?? '';
      expect(JSON.parse(data)).toBeTypeOf('object');
    }
  });
});
