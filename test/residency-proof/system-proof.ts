import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startFakeUpstream, startSignalbox, type Signalbox } from '@signalbox/testing';
import { stringify } from 'yaml';
import { Dice } from '../chaos/dice.js';
import { compiled } from './compiled.js';
import { HouseRules } from './house-rules.js';
import { ProviderSites } from './provider-sites.js';
import { SystemCalls } from './system-calls.js';
import type { Violation } from './violation.js';
import { configOf, drawWorld, type Addresses, type World } from './world.js';

export interface SystemProofOptions {
  readonly seed: number;
  readonly calls: number;
  /** Calls under way at once. */
  readonly clients: number;
  /** How long after a change is answered what it took the place of may still be met, milliseconds. */
  readonly settleMs: number;
  /** Calls until the next configuration. */
  readonly callsPerWorld: number;
  readonly say: (sentence: string) => void;
}

export interface SystemReport {
  readonly calls: number;
  readonly worlds: number;
  readonly ruleChanges: number;
  /** Requests that providers received. */
  readonly requests: number;
  /** Calls by the status their clients got. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Calls that some part of the system did not answer in time. */
  readonly unavailable: number;
  readonly violations: readonly Violation[];
  /** What providers got and no call had sent. */
  readonly faults: readonly string[];
}

const masterKey = 'sk-proof';
const replicas = { gateway: 2, router: 3 };
const lookAgainAfterMs = 50;
const ruleChangeEveryMs = 60;
/** For a configuration to be everywhere. */
const worldWithinMs = 60_000;

/**
 * Makes calls to a running system while rules of callers and whole configurations are changed, and judges each by what its
 * client, its providers and its decision record say. The seed decides what is called and changed; when, the machine decides too.
 */
export async function proveAtSystem(options: SystemProofOptions): Promise<SystemReport> {
  const upstream = await startFakeUpstream();
  const addresses = { port: upstream.port, deadPort: await unusedPort() };
  const providers = new ProviderSites(upstream, options.settleMs);
  const dice = new Dice(options.seed);
  const first = drawWorld(1, dice);
  providers.open(first);
  const stayHome = `--import=${pathToFileURL(compiled('stay-home')).href}`;
  try {
    const system = await startSignalbox({
      config: configOf(first, addresses, masterKey),
      replicas,
      environment: { NODE_OPTIONS: stayHome },
    });
    options.say(`the system is up; seed ${options.seed}`);
    try {
      return await new SystemProof(system, providers, addresses, dice, options).run(first);
    } finally {
      await system.stop();
    }
  } finally {
    await upstream.stop();
  }
}

class SystemProof {
  private world: World | undefined;
  private worlds = 1;
  private ruleChanges = 0;
  private isOver = false;
  private readonly urlDice: Dice;

  constructor(
    private readonly system: Signalbox,
    private readonly providers: ProviderSites,
    private readonly addresses: Addresses,
    private readonly dice: Dice,
    private readonly options: SystemProofOptions,
  ) {
    // When questions are asked, the machine decides: they must not take from the dice of what is drawn.
    this.urlDice = new Dice(options.seed + 3);
  }

  async run(first: World): Promise<SystemReport> {
    const { system, providers } = this;
    const { seed, calls: wanted, clients, settleMs } = this.options;
    const rules = new HouseRules((...question) => this.ask(...question), masterKey, new Dice(seed + 1));
    await rules.create();
    this.world = first;
    const calls = new SystemCalls({
      ...{ urls: system.urls, masterKey, rules, providers, settleMs },
      dice: new Dice(seed + 2),
      world: () => this.world,
    });
    const callsOver = calls.run(wanted, clients).finally(() => (this.isOver = true));
    await Promise.all([callsOver, this.changeWorlds(calls), this.changeRules(rules), this.askAround()]);
    const { violations, statuses, unavailable, judged } = calls;
    const { worlds, ruleChanges } = this;
    const { requests, faults } = providers;
    return { calls: judged, worlds, ruleChanges, requests, statuses, unavailable, violations, faults };
  }

  private async changeWorlds(calls: SystemCalls): Promise<void> {
    const { callsPerWorld, say } = this.options;
    for (;;) {
      const before = calls.made;
      while (!this.isOver && calls.made - before < callsPerWorld) await wait(lookAgainAfterMs);
      if (this.isOver) return;
      this.worlds += 1;
      const next = drawWorld(this.worlds, this.dice);
      this.providers.open(next);
      this.world = undefined;
      await this.replaceConfig(next);
      this.world = next;
      say(`${calls.made} calls made, ${calls.judged} judged; configuration ${this.worlds} holds`);
    }
  }

  private async replaceConfig(world: World): Promise<void> {
    const { configFile } = this.system;
    const [before] = await this.versions();
    const givesUpAt = performance.now() + worldWithinMs;
    await writeFile(`${configFile}.new`, stringify(configOf(world, this.addresses, masterKey)));
    await rename(`${configFile}.new`, configFile);
    for (;;) {
      const versions = await this.versions();
      if (versions.size === 1 && !versions.has(before ?? '')) return;
      if (performance.now() > givesUpAt)
        throw new Error(`a configuration did not come to hold: ${[...versions].join()}`);
      await wait(lookAgainAfterMs);
    }
  }

  /** The configurations that gateways and routers go by now. */
  private async versions(): Promise<Set<string>> {
    const urls = [...this.system.opsUrlsOf('gateway'), ...this.system.opsUrlsOf('router')];
    const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    return new Set(texts.map((text) => versionLine.exec(text)?.[1] ?? ''));
  }

  private async changeRules(rules: HouseRules): Promise<void> {
    while (!this.isOver) {
      await rules.changeOne();
      this.ruleChanges += 1;
      await wait(ruleChangeEveryMs);
    }
  }

  /** What is no call must carry nothing of one: lists of models, health. */
  private async askAround(): Promise<void> {
    while (!this.isOver) {
      for (const path of ['/v1/models', '/v1/model/info', '/health', '/residency/coverage'])
        await this.ask('GET', path);
      await wait(askAroundEveryMs);
    }
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' };
    const question = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.urlDice.oneOf(this.system.urls)}${path}`, question);
    const text = await response.text();
    if (!response.ok && path !== '/health')
      throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
    return text;
  }
}

const askAroundEveryMs = 2_000;
const versionLine = /^signalbox_config_version\{[^}]*\bversion="([^"]*)"[^}]*\} 1\b/m;

/** A port where nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
