import { describe, expect, it } from 'vitest';
import { readBenchOptions } from './options.js';

const read = (...commandLine: string[]) => readBenchOptions(commandLine, 'results.md');

describe('options of the benchmark', () => {
  it('measures twenty rounds unless told', () => {
    expect(read()).toMatchObject({ rounds: 20, quick: false, withoutPeer: false, output: 'results.md' });
    expect(read('--without-peer')).toMatchObject({ rounds: 20, withoutPeer: true });
    expect(read('--quick')).toMatchObject({ rounds: 7, quick: true });
    expect(read('--changes')).toMatchObject({ rounds: 20, changesOnly: true });
    expect(read('--callers')).toMatchObject({ rounds: 20, callersOnly: true, changesOnly: false });
    expect(read('--quick', '--rounds', '3', '--output', 'x.md')).toMatchObject({ rounds: 3, output: 'x.md' });
  });

  it.each([['--rounds', 'many'], ['--rounds', '2'], ['--rounds', '1.5'], ['--fast']])(
    'refuses %s %s',
    (...words) => {
      expect(() => read(...words.filter((word) => typeof word === 'string'))).toThrow();
    },
  );
});
