import type { Dice } from '../chaos/dice.js';
import type { CallPlan } from './call-plan.js';
import { drawPolicy } from './places.js';
import { Rule, type Demand, type Span } from './rules.js';

export type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

const teamCount = 4;
const keyCount = 8;
const endUserCount = 16;

interface Key {
  /** As it is presented. */
  readonly secret: string;
  /** Absent: the master key, which nothing restricts. */
  readonly rule?: Rule;
  readonly team?: Party;
}

interface Party {
  readonly id: string;
  readonly rule: Rule;
}

/** Everybody who restricts calls: teams, their keys, end users. Made and changed by the management API. */
export class HouseRules {
  private readonly teams: Party[];
  private readonly endUsers: Party[];
  private readonly keys: readonly Key[];

  constructor(
    private readonly ask: Ask,
    masterKey: string,
    private readonly dice: Dice,
  ) {
    const draw = (chance: number): readonly string[] | undefined =>
      dice.isLucky(chance) ? drawPolicy(dice) : undefined;
    const parties = (from: Demand['from'], name: string, count: number, chance: number): Party[] =>
      Array.from({ length: count }, (_, index) => {
        const id = `${name}-${index}`;
        return { id, rule: new Rule(from, id, draw(chance)) };
      });
    this.teams = parties('team', 'team', teamCount, 0.4);
    this.endUsers = parties('end_user', 'user', endUserCount, 0.7);
    this.keys = [
      { secret: masterKey },
      ...parties('key', 'sk-residency-proof', keyCount, 0.2).map(({ id, rule }, index) => {
        const team = this.teams[index % (teamCount + 1)];
        return { secret: id, rule, ...(team !== undefined && { team }) };
      }),
    ];
  }

  get callers(): { readonly keys: number; readonly endUsers: number } {
    return { keys: this.keys.length, endUsers: this.endUsers.length };
  }

  async create(): Promise<void> {
    for (const { id, rule } of this.teams) {
      await this.ask('POST', '/team/new', { team_id: id, ...field(rule.newest) });
    }
    for (const { secret, rule, team } of this.keys) {
      if (rule === undefined) continue;
      const ofTeam = team === undefined ? {} : { team_id: team.id };
      await this.ask('POST', '/key/generate', { key: secret, ...ofTeam, ...field(rule.newest) });
    }
    for (const { id, rule } of this.endUsers) {
      await this.ask('POST', '/end_user/new', { user_id: id, ...field(rule.newest) });
    }
  }

  /** Changes the rule of somebody; resolves when the management API says that it holds. */
  async changeOne(): Promise<void> {
    const kind = this.dice.oneOf(['team', 'key', 'end_user', 'end_user'] as const);
    // Where all three demand something hardly any place is left.
    const allowed = this.dice.isLucky(kind === 'end_user' ? 0.7 : 0.3) ? drawPolicy(this.dice) : undefined;
    const fields = { allowed_model_region: allowed ?? null };
    if (kind === 'key') {
      const { secret, rule } = this.dice.oneOf(this.keys.filter((key) => key.rule !== undefined));
      await this.changeTo(rule, allowed, '/key/update', { key: secret, ...fields });
    } else if (kind === 'team') {
      const { id, rule } = this.dice.oneOf(this.teams);
      await this.changeTo(rule, allowed, '/team/update', { team_id: id, ...fields });
    } else {
      const { id, rule } = this.dice.oneOf(this.endUsers);
      await this.changeTo(rule, allowed, '/end_user/update', { user_id: id, ...fields });
    }
  }

  secretOf({ key }: CallPlan): string {
    return this.keys[key]?.secret ?? '';
  }

  endUserIdOf({ endUser }: CallPlan): string | undefined {
    return endUser === undefined ? undefined : this.endUsers[endUser]?.id;
  }

  /** What may have been demanded of a call that was under way then; its own body not counted. */
  demandsOf({ key, endUser }: CallPlan, span: Span, settleMs: number): Demand[] {
    const { rule, team } = this.keys[key] ?? {};
    const rules = [endUser === undefined ? undefined : this.endUsers[endUser]?.rule, team?.rule, rule];
    return rules
      .filter((one) => one !== undefined)
      .map((one) => ({ from: one.from, party: one.party, either: one.during(span, settleMs) }));
  }

  private async changeTo(
    rule: Rule | undefined,
    allowed: readonly string[] | undefined,
    path: string,
    body: object,
  ): Promise<void> {
    const hold = rule?.change(allowed);
    await this.ask('POST', path, body);
    hold?.();
  }
}

function field(allowed: readonly string[] | undefined): object {
  return allowed === undefined ? {} : { allowed_model_region: allowed };
}
