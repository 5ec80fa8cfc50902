import type { CallSettings } from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import type { Current } from '@signalbox/config';
import {
  residencyCustomers,
  residencyPolicies,
  valueOf,
  type Catalog,
  type Residency,
  type ResidencyPolicy,
} from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { refusedModels, type RouteFacts } from '@signalbox/routing';
import { BUS, SETTINGS } from '../gateway.tokens.js';

/** Customers under equal rules, and the models they may use and are refused. */
export interface RefusedCustomers extends Pick<
  ResidencyPolicy,
  'policy' | 'kind' | 'customers' | 'firstIds'
> {
  readonly residency: readonly Residency[];
  readonly models: readonly string[];
}

/** Policies that were looked at, and how many there are. */
export interface RefusedPage {
  readonly total: number;
  readonly refused: readonly RefusedCustomers[];
}

const options = { unavailable: 'identity_unavailable' } as const;

/** Finds out whom the running configuration refuses, by the few rules that many customers are under. */
@Injectable()
export class RefusedCustomersFinder {
  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
  ) {}

  /** @throws FaultError `identity_unavailable` */
  async find(
    page: { readonly page: number; readonly size: number },
    facts: RouteFacts,
  ): Promise<RefusedPage> {
    const { catalog, router } = this.settings.current;
    const asked = { ...page, team_ids: owningTeams(catalog) };
    const { policies, total } = valueOf(await this.bus.call(residencyPolicies, asked, options));
    const refused = policies.flatMap(({ models: keyModels, aliases: keyAliases, ...policy }) => {
      const customer = { ...policy, keyModels, keyAliases };
      const models = refusedModels(catalog, router.fallbacks, facts, customer);
      return models.length === 0 ? [] : [{ ...policy, models }];
    });
    return { total, refused };
  }

  /** Everybody under a policy, in order. @throws FaultError `identity_unavailable` */
  async customers(query: {
    readonly policy: string;
    readonly after: string;
    readonly size: number;
  }): Promise<string[]> {
    const asked = { ...query, team_ids: owningTeams(this.settings.current.catalog) };
    return valueOf(await this.bus.call(residencyCustomers, asked, options)).ids;
  }
}

/** Teams that have deployments of their own. */
function owningTeams({ deployments }: Catalog): string[] {
  return [...new Set(deployments.flatMap(({ teamId }) => teamId ?? []))];
}
