import { setTimeout as wait } from 'node:timers/promises';
import type { Signalbox } from '@signalbox/testing';
import type { Dice } from './dice.js';
import type { Traffic } from './traffic.js';

const targets = ['gateway', 'gateway', 'router', 'usage', 'usage', 'nats', 'redis'] as const;
type Target = (typeof targets)[number];

export interface HavocOptions {
  readonly system: Signalbox;
  readonly traffic: Traffic;
  readonly dice: Dice;
  /** Processes of each service that may be killed. */
  readonly replicas: number;
  readonly say: (sentence: string) => void;
}

/** Something that is down, and how it comes back. */
interface Down {
  readonly name: string;
  /** Servers come back before services, which do not start without them. */
  readonly isServer: boolean;
  readonly comeBack: () => Promise<void>;
}

/** Kills and restarts one or two parts of a system at a time, each kind once a round. */
export class Havoc {
  /** Rounds that are over. */
  rounds = 0;
  kills = 0;
  private readonly stopped = new AbortController();

  constructor(private readonly options: HavocOptions) {}

  /** Goes on until `stop` is called; all parts run when this resolves. */
  async run(): Promise<void> {
    const { dice } = this.options;
    while (!this.isOver()) {
      for (const deck = dice.shuffled(targets); deck.length > 0;) {
        await wait(dice.between(200, 1_200));
        if (this.isOver()) return;
        await this.strike(deck.splice(0, dice.isLucky(0.3) ? 2 : 1));
      }
      this.rounds += 1;
    }
  }

  stop(): void {
    this.stopped.abort();
  }

  private isOver(): boolean {
    return this.stopped.signal.aborted;
  }

  private async strike(chosen: readonly Target[]): Promise<void> {
    const { dice, say } = this.options;
    const isServer = (target: Target): boolean => target === 'nats' || target === 'redis';
    const down: Down[] = [];
    for (const target of new Set(chosen)) {
      const replica = dice.between(1, this.options.replicas);
      const isGentle = target === 'gateway' && dice.isLucky(0.25);
      const comeBack = await this.kill(target, replica, isGentle ? 'SIGTERM' : 'SIGKILL');
      const name = isServer(target) ? target : `${target} ${replica}`;
      say(`${name} ${isGentle ? 'stopped' : 'killed'}`);
      down.push({ name, isServer: isServer(target), comeBack });
      this.kills += 1;
    }
    await wait(dice.between(50, 1_500));
    for (const { comeBack, name } of down.sort(
      (one, other) => Number(other.isServer) - Number(one.isServer),
    )) {
      await comeBack();
      say(`${name} back`);
    }
  }

  private async kill(target: Target, replica: number, signal: NodeJS.Signals): Promise<() => Promise<void>> {
    const { system, traffic } = this.options;
    if (target === 'nats' || target === 'redis') {
      await system.servers.killServer(target);
      return () => system.servers.startServer(target);
    }
    const isGatewayKilled = target === 'gateway' && signal === 'SIGKILL';
    if (isGatewayKilled) traffic.doubt(replica);
    await system.kill(target, replica, signal);
    return async () => {
      await system.revive(target, replica);
      if (isGatewayKilled) traffic.trust(replica);
    };
  }
}
