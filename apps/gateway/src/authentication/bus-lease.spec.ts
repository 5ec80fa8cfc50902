import type { StatusHandler } from '@signalbox/messaging';
import { describe, expect, it } from 'vitest';
import { BusLease } from './bus-lease.js';

function aLease(): {
  lease: BusLease;
  tell: StatusHandler;
  at: (time: number) => void;
  regained: () => number;
} {
  let time = 0;
  let regained = 0;
  let tell: StatusHandler = () => undefined;
  const bus = {
    onStatus: (handler: StatusHandler) => {
      tell = handler;
      handler('connected');
      return () => undefined;
    },
  };
  const lease = new BusLease(
    bus,
    30_000,
    () => time,
    () => (regained += 1),
  );
  return {
    lease,
    tell: (status) => {
      tell(status);
    },
    at: (now) => (time = now),
    regained: () => regained,
  };
}

describe('BusLease', () => {
  it('lasts its time after the bus was lost, and no longer', () => {
    const { lease, tell, at } = aLease();
    at(1_000);
    tell('disconnected');
    at(31_000);
    expect(lease.isHeld()).toBe(true);
    at(31_001);
    expect(lease.isHeld()).toBe(false);
  });

  it('is held again once the bus is back, and says so once', () => {
    const { lease, tell, at, regained } = aLease();
    tell('disconnected');
    at(90_000);
    tell('reconnected');
    expect([lease.isHeld(), regained()]).toEqual([true, 1]);
  });
});
