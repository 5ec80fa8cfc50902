import type { Filter } from '../filter.js';

/** A deployment with `model_info.team_id` serves that team only. */
export const teamAccess: Filter = (deployment, request) =>
  deployment.teamId === undefined || deployment.teamId === request.team?.teamId
    ? undefined
    : { code: 'team_access', detail: 'belongs to another team' };
