import { describe, expect, it } from 'vitest';
import { benchHelp, readBenchOptions } from './options.js';

const read = (...commandLine: string[]) => readBenchOptions(commandLine, 'results.md');

describe('options of the benchmark', () => {
  it('measures twenty rounds of everything unless told', () => {
    expect(read()).toMatchObject({ part: 'everything', rounds: 20, quick: false, output: 'results.md' });
    expect(read('--without-peer')).toMatchObject({ rounds: 20, withoutPeer: true });
    expect(read('--quick')).toMatchObject({ rounds: 7, quick: true });
    expect(read('--quick', '--rounds', '3', '--output', 'x.md')).toMatchObject({ rounds: 3, output: 'x.md' });
  });

  it('measures one part alone', () => {
    expect(read('--changes')).toMatchObject({ part: 'changes', rounds: 20 });
    expect(read('--callers')).toMatchObject({ part: 'callers' });
    expect(read('--reports', '--attempts', '1000')).toMatchObject({
      part: 'reports',
      attempts: 1_000,
      days: 90,
    });
    expect(read('--usage')).toMatchObject({ part: 'usage', events: 200_000 });
  });

  it.each([
    ['--rounds', 'many'],
    ['--rounds', '2'],
    ['--rounds', '1.5'],
    ['--events', '0'],
    ['--usage', '--reports'],
    ['--fast'],
  ])('refuses %s %s', (...words) => {
    expect(() => read(...words.filter((word) => typeof word === 'string'))).toThrow();
  });

  it('shows every option that it reads, and no other', () => {
    const shown = [...benchHelp().matchAll(/^ {2}(--[a-z-]+)( [A-Z]+)? +\S/gm)];
    expect(shown.map(([, option]) => option)).toEqual(
      expect.arrayContaining(['--usage', '--reports', '--rounds', '--quick', '--help']),
    );
    for (const [, option = '', value] of shown) {
      expect(() => read(option, ...(value === undefined ? [] : ['1000']))).not.toThrow();
    }
    expect(read('--help').help).toBe(true);
  });
});
