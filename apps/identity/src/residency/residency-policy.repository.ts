import { Inject, Injectable } from '@nestjs/common';
import type { residencyCustomers, residencyPolicies } from '@signalbox/contracts';
import { DATABASE, Prisma, type Database } from '@signalbox/database';
import type { z } from 'zod';

type PolicyQuery = z.output<typeof residencyPolicies.request>;
type CustomerQuery = z.output<typeof residencyCustomers.request>;

/** Customers with equal rules. */
export interface PolicyRecord {
  readonly policy: string;
  readonly kind: string;
  readonly rules: Prisma.JsonValue;
  readonly team_id: string | null;
  readonly customers: number;
  readonly first_ids: string[];
  readonly total: number;
}

/** So many of a policy's customers are named with it. */
const namedCustomers = 10;

/** Reads end users, teams and keys who are restricted to regions, by their rules: however many they are, a few rules govern them. */
@Injectable()
export class ResidencyPolicyRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  policies({ team_ids: teamIds, page, size }: PolicyQuery): Promise<PolicyRecord[]> {
    return this.database.$queryRaw<PolicyRecord[]>`
      WITH ${customersWith(teamIds)}
      SELECT ${policyName} AS policy, kind, rules, min(team_id) AS team_id, count(*)::int AS customers,
        (array_agg(id ORDER BY id))[1:${namedCustomers}::int] AS first_ids, (count(*) OVER ())::int AS total
      FROM customers GROUP BY kind, rules
      ORDER BY count(*) DESC, policy LIMIT ${size} OFFSET ${(page - 1) * size}`;
  }

  async customers({ team_ids: teamIds, policy, after, size }: CustomerQuery): Promise<string[]> {
    const found = await this.database.$queryRaw<{ id: string }[]>`
      WITH ${customersWith(teamIds)}
      SELECT id FROM customers WHERE ${policyName} = ${policy} AND id > ${after} ORDER BY id LIMIT ${size}`;
    return found.map(({ id }) => id);
  }
}

const policyName = Prisma.sql`md5(kind || rules::text)`;

/** What a team says of its calls; its id only where it has deployments of its own. */
function teamRules(teamIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('id', CASE WHEN t.id = ANY(${[...teamIds]}::text[]) THEN t.id END,
    'regions', t.allowed_region, 'models', to_jsonb(t.models), 'aliases', t.model_aliases)`;
}

function customersWith(teamIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`customers(kind, id, team_id, rules) AS (
    SELECT 'end_user', id, NULL, jsonb_build_object('regions', allowed_region)
    FROM end_users WHERE allowed_region IS NOT NULL AND NOT blocked
    UNION ALL
    SELECT 'team', t.id, t.id, jsonb_build_object('team', ${teamRules(teamIds)})
    FROM teams t WHERE t.allowed_region IS NOT NULL AND NOT t.blocked
    UNION ALL
    SELECT 'key', k.hash, t.id, jsonb_build_object('regions', k.allowed_region, 'models', to_jsonb(k.models),
      'aliases', k.aliases, 'userModels', to_jsonb(u.models),
      'team', CASE WHEN t.id IS NOT NULL THEN ${teamRules(teamIds)} END)
    FROM api_keys k LEFT JOIN teams t ON t.id = k.team_id LEFT JOIN users u ON u.id = k.user_id AND k.team_id IS NULL
    WHERE (k.allowed_region IS NOT NULL OR t.allowed_region IS NOT NULL) AND NOT k.blocked AND t.blocked IS NOT TRUE
      AND (k.expires_at IS NULL OR k.expires_at > now()))`;
}
