import { describe, expect, it } from 'vitest';
import { LiveRouters, silentBeats } from './live-routers.js';

function beat(routers: LiveRouters, times: number): void {
  for (let count = 0; count < times; count += 1) routers.beat();
}

describe('routers that hear each other', () => {
  it('agree on who takes which share', () => {
    const ids = ['b', 'c', 'a'];
    const all = ids.map((id) => new LiveRouters(id));
    for (const routers of all) for (const id of ids) routers.hear(id);
    expect(all.map((routers) => routers.share())).toEqual([
      { place: 1, of: 3 },
      { place: 2, of: 3 },
      { place: 0, of: 3 },
    ]);
  });

  it('know a newcomer from one they have heard', () => {
    const routers = new LiveRouters('a');
    expect([routers.hear('b'), routers.hear('b'), routers.hear('a')]).toEqual([true, false, false]);
    expect(routers.count).toBe(2);
  });

  it('forget one that says goodbye at once, and one that is silent after a while', () => {
    const routers = new LiveRouters('a');
    routers.hear('b');
    routers.hear('c');
    routers.forget('b');
    expect(routers.count).toBe(2);
    beat(routers, silentBeats - 1);
    expect(routers.count).toBe(2);
    beat(routers, 1);
    expect(routers.share()).toEqual({ place: 0, of: 1 });
  });

  it('do not hold silence against anybody that they could not hear', () => {
    const routers = new LiveRouters('a');
    routers.hear('b');
    beat(routers, silentBeats - 1);
    routers.listenAnew();
    beat(routers, silentBeats - 1);
    expect(routers.count).toBe(2);
  });
});
