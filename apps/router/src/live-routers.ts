import type { LimitShare } from '@signalbox/rate-limits';

/** Beats without a word from a router after which it no longer counts. */
export const silentBeats = 4;

/**
 * Which routers are there, as far as this one has heard. Told of every word and of every beat of its own clock, it
 * needs no time of day: a process that stood still for a while does not take all others for gone.
 */
export class LiveRouters {
  /** Of each other router: beats since it was heard. */
  private readonly silence = new Map<string, number>();

  constructor(readonly ownId: string) {}

  /** All of them, this one included. */
  get count(): number {
    return this.silence.size + 1;
  }

  /** A router said that it is there. True: it was not known. */
  hear(routerId: string): boolean {
    if (routerId === this.ownId) return false;
    const isNew = !this.silence.has(routerId);
    this.silence.set(routerId, 0);
    return isNew;
  }

  /** A router said that it goes. */
  forget(routerId: string): void {
    this.silence.delete(routerId);
  }

  /** To be called as often as routers announce themselves, while they can be heard. */
  beat(): void {
    for (const [routerId, beats] of this.silence) {
      if (beats + 1 >= silentBeats) this.silence.delete(routerId);
      else this.silence.set(routerId, beats + 1);
    }
  }

  /** They can be heard again: each gets its time to say something. */
  listenAnew(): void {
    for (const routerId of this.silence.keys()) this.silence.set(routerId, 0);
  }

  /** This router's part of every limit. Routers that have heard the same agree on who is which. */
  share(): LimitShare {
    let place = 0;
    for (const routerId of this.silence.keys()) if (routerId < this.ownId) place += 1;
    return { place, of: this.count };
  }
}
