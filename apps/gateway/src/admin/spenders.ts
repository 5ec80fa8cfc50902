import type {
  EndUserRow,
  KeyRow,
  LimitScopeKind,
  MembershipRow,
  ReportDimension,
  ReportPart,
  TagRow,
  TeamRow,
  UserRow,
} from '@signalbox/contracts';
import { memberId } from '@signalbox/calls';
import type { ShownLimits } from './spent-limits.js';

/** By which names the money of a kind of record is counted. */
export interface Spender<Row> {
  /** Of its budgets. */
  readonly kind: LimitScopeKind;
  readonly budgetId: (row: Row) => string;
  readonly limits: (row: Row) => ShownLimits;
  /** In the ledger. */
  readonly part: ReportPart;
  readonly dimension: ReportDimension;
  readonly ledgerIds: (row: Row) => readonly string[];
  /** What else its calls have in common there. */
  readonly where?: Readonly<Partial<Record<ReportDimension, string[]>>>;
}

export const keySpender: Spender<KeyRow> = {
  kind: 'api_key',
  budgetId: (row) => row.ledger_id ?? row.token,
  limits: itself,
  part: 'all',
  dimension: 'key_hash',
  ledgerIds: (row) => [row.token, ...row.past_tokens],
};

export const teamSpender: Spender<TeamRow> = {
  kind: 'team',
  budgetId: (row) => row.team_id,
  limits: itself,
  part: 'all',
  dimension: 'team_id',
  ledgerIds: (row) => [row.team_id],
};

export const userSpender: Spender<UserRow> = {
  kind: 'user',
  budgetId: (row) => row.user_id,
  limits: itself,
  part: 'all',
  dimension: 'user_id',
  ledgerIds: (row) => [row.user_id],
};

export const endUserSpender: Spender<EndUserRow> = {
  kind: 'end_user',
  budgetId: (row) => row.user_id,
  limits: itself,
  part: 'end_user',
  dimension: 'subject',
  ledgerIds: (row) => [row.user_id],
};

export const tagSpender: Spender<TagRow> = {
  kind: 'tag',
  budgetId: (row) => row.name,
  limits: itself,
  part: 'tag',
  dimension: 'subject',
  ledgerIds: (row) => [row.name],
};

/** A member of this team, of what it spends with the team's keys. */
export function memberSpender(team: TeamRow): Spender<MembershipRow> {
  return {
    kind: 'team_member',
    budgetId: (row) => memberId(row.team_id, row.user_id),
    limits: (row) => ({
      max_budget: row.max_budget_in_team ?? team.team_member_budget,
      soft_budget: null,
      budget_duration: row.budget_duration ?? team.team_member_budget_duration,
      budget_limits: null,
    }),
    part: 'all',
    dimension: 'user_id',
    ledgerIds: (row) => [row.user_id],
    where: { team_id: [team.team_id] },
  };
}

function itself(row: ShownLimits): ShownLimits {
  return row;
}
