import type { Filter } from '../filter.js';

/** A deployment that failed this request already is not asked again. */
export const alreadyTried: Filter = (deployment, request) =>
  request.exclude.includes(deployment.id) ? { code: 'already_tried' } : undefined;
