import { MODELS, type Answer, type GovernedCall, type GovernedSystem } from './governed-system.js';

/** One change that an operator makes, the call that shows it, and how. */
export interface Change {
  readonly name: string;
  readonly path: string;
  readonly body: object;
  readonly call: GovernedCall;
  shows(answer: Answer): boolean;
}

const [one, two] = MODELS;
const KEY_LIMIT = 1_000_000;

/**
 * What happens to one end user and one key of a team, in this order. Each change is shown by calls that were answered
 * otherwise by every gateway just before, so every gateway has to forget what it knew.
 */
export async function changesOf(system: GovernedSystem, round: number): Promise<Change[]> {
  const [gateway = ''] = system.gateways;
  const endUserId = `changing-${round}`;
  await system.admin(gateway, '/end_user/new', { user_id: endUserId, allowed_model_region: 'eu' });
  const team = await system.admin<{ team_id: string }>(gateway, '/team/new', {
    model_aliases: { mine: one },
  });
  const { key } = await system.admin<{ key: string }>(gateway, '/key/generate', {
    team_id: team.team_id,
    rpm_limit: KEY_LIMIT,
  });
  const forUser: GovernedCall = { model: one, key, endUserId };
  const byAlias: GovernedCall = { model: 'mine', key };
  for (const url of system.gateways) {
    for (const call of [forUser, byAlias]) await expectServed(system, url, call);
  }
  const endUser = { user_ids: [endUserId] };
  return [
    {
      name: 'block of an end user',
      path: '/end_user/block',
      body: endUser,
      call: forUser,
      shows: answered(403),
    },
    {
      name: 'unblock of an end user',
      path: '/end_user/unblock',
      body: endUser,
      call: forUser,
      shows: answered(200),
    },
    {
      name: 'region of an end user',
      path: '/end_user/update',
      body: { user_id: endUserId, allowed_model_region: 'us' },
      call: forUser,
      shows: answered(403),
    },
    {
      name: 'alias of a team',
      path: '/team/update',
      body: { team_id: team.team_id, model_aliases: { mine: two } },
      call: byAlias,
      shows: ({ headers }) => headers.get('x-litellm-model-id') === two,
    },
    {
      name: 'limit of a key',
      path: '/key/update',
      body: { key, rpm_limit: KEY_LIMIT + 1 },
      call: byAlias,
      shows: ({ headers }) => headers.get('x-ratelimit-api_key-limit-requests') === String(KEY_LIMIT + 1),
    },
    {
      name: 'deletion of a key',
      path: '/key/delete',
      body: { keys: [key] },
      call: byAlias,
      shows: answered(401),
    },
  ];
}

function answered(status: number): Change['shows'] {
  return (answer) => answer.status === status;
}

async function expectServed(system: GovernedSystem, gateway: string, call: GovernedCall): Promise<void> {
  const { status } = await system.call(gateway, call);
  if (status !== 200) throw new Error(`a call that must be served was answered ${status}`);
}
