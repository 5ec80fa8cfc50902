import type { Dice } from '../chaos/dice.js';
import { sitings, wordsOf, type Siting } from './places.js';

/** One deployment of a world, at an address of its own. */
export interface Site {
  /** Unique among all worlds; the first part of the path that requests to it have. */
  readonly name: string;
  /** The deployment's id, which the next world may use for another place. */
  readonly id: string;
  readonly group: string;
  readonly siting: Siting;
  /** Words of policies that the place answers to in this world. */
  readonly words: ReadonlySet<string>;
  /** Nobody listens at its port. */
  readonly isDown: boolean;
}

/** One configuration: who serves what and where, and what follows what. */
export interface World {
  readonly number: number;
  readonly compat: 'strict' | 'litellm';
  readonly sites: readonly Site[];
  readonly routerSettings: Readonly<Record<string, unknown>>;
}

export const groups = ['alpha', 'beta', 'gamma', 'delta', 'omega'] as const;
export const alias = 'nickname';
const mostDeployments = 4;

/** Ids of deployments that may be there, to be named by calls and fallbacks. */
export const deploymentIds = [...groups.map((group) => `${group}-1`), 'alpha-2', 'omega-3'];
const fallbackNames = [...groups, ...deploymentIds];

export function drawWorld(number: number, dice: Dice): World {
  const compat = dice.isLucky(0.2) ? 'litellm' : 'strict';
  const sites = groups.flatMap((group) =>
    Array.from({ length: dice.between(1, mostDeployments) }, (_, index): Site => {
      const siting = dice.oneOf(sitings);
      return {
        name: `w${number}-${group}-${index + 1}`,
        id: `${group}-${index + 1}`,
        group,
        siting,
        words: wordsOf(siting, compat),
        isDown: dice.isLucky(0.06),
      };
    }),
  );
  return { number, compat, sites, routerSettings: drawRouterSettings(sites, compat, dice) };
}

function drawRouterSettings(
  sites: readonly Site[],
  compat: World['compat'],
  dice: Dice,
): World['routerSettings'] {
  const there = new Set([...groups, ...sites.map(({ id }) => id)]);
  const names = fallbackNames.filter((name) => there.has(name));
  const table = (chance: number): object[] =>
    groups
      .filter(() => dice.isLucky(chance))
      .map((group) => ({ [group]: Array.from({ length: dice.between(1, 2) }, () => dice.oneOf(names)) }));
  return {
    routing_strategy: dice.oneOf(['simple-shuffle', 'least-busy', 'usage-based-routing']),
    num_retries: dice.between(0, 1),
    retry_after: 0,
    disable_cooldowns: true,
    timeout: 60,
    region_compat: compat,
    model_group_alias: { [alias]: 'alpha' },
    fallbacks: table(0.5),
    context_window_fallbacks: table(0.3),
    content_policy_fallbacks: table(0.3),
    ...(dice.isLucky(0.3) && { default_fallbacks: [dice.oneOf(groups)] }),
  };
}

/** Where the providers of a world are reached. */
export interface Addresses {
  /** Of those that answer. */
  readonly port: number;
  /** Of a port where nobody listens. */
  readonly deadPort: number;
}

/** What stands in config.yaml. */
export function configOf({ sites, routerSettings }: World, addresses: Addresses, masterKey: string): object {
  return {
    model_list: sites.map(({ name, id, group, siting, isDown }) => ({
      model_name: group,
      litellm_params: {
        model: 'openai/m',
        ...siting.params,
        api_base: `http://${siting.host ?? '127.0.0.1'}:${isDown ? addresses.deadPort : addresses.port}/${name}`,
        api_key: 'sk-up',
      },
      model_info: { id },
    })),
    router_settings: routerSettings,
    general_settings: { master_key: masterKey },
  };
}
