/** What the outside world is told about one kind of failure. */
export interface ErrorEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `error.type` of the envelope, LiteLLM's vocabulary. */
  readonly type: string;
  /** Whether the same request may succeed later; sent as `x-should-retry`. */
  readonly retryable: boolean;
  /** Public sentence used where the code that failed has nothing more exact to say. */
  readonly message: string;
}

function entry(status: number, type: string, retryable: boolean, message: string): ErrorEntry {
  return { status, type, retryable, message };
}

/** Every error this system can answer with; docs/errors.md lists the same rows and a test compares them. */
export const errorCatalogue = {
  invalid_json: entry(400, 'invalid_request_error', false, 'The request body is not valid JSON.'),
  invalid_request: entry(400, 'invalid_request_error', false, 'The request is not valid.'),
  context_length_exceeded: entry(
    400,
    'invalid_request_error',
    false,
    'Context Window exceeded: the prompt is longer than every deployment of this model accepts.',
  ),
  already_exists: entry(400, 'bad_request', false, 'A record with this id already exists.'),
  missing_key: entry(401, 'auth_error', false, 'Authentication Error, no API key was sent.'),
  unknown_key: entry(401, 'token_not_found_in_db', false, 'Authentication Error, the API key is not known.'),
  expired_key: entry(401, 'expired_key', false, 'Authentication Error, the API key has expired.'),
  key_blocked: entry(403, 'auth_error', false, 'Authentication Error, the API key is blocked.'),
  team_blocked: entry(403, 'auth_error', false, 'Authentication Error, the team is blocked.'),
  end_user_blocked: entry(403, 'auth_error', false, 'The end user is blocked.'),
  admin_only: entry(
    403,
    'auth_error',
    false,
    'Authentication Error, this route needs the master key or an admin key.',
  ),
  route_not_allowed: entry(
    403,
    'auth_error',
    false,
    'Authentication Error, the API key is not allowed to call this route.',
  ),
  key_model_access_denied: entry(403, 'key_model_access_denied', false, 'key not allowed to access model'),
  user_model_access_denied: entry(403, 'user_model_access_denied', false, 'user not allowed to access model'),
  team_model_access_denied: entry(403, 'team_model_access_denied', false, 'team not allowed to access model'),
  region_restricted: entry(
    403,
    'region_restricted',
    false,
    'No deployments available in the allowed region.',
  ),
  tags_restricted: entry(403, 'auth_error', false, 'No deployments available with the tags of this request.'),
  capability_unsupported: entry(
    400,
    'invalid_request_error',
    false,
    'No deployments available that can serve this kind of request.',
  ),
  price_unknown: entry(
    400,
    'budget_exceeded',
    false,
    'No deployments available of a known price, which a budget needs.',
  ),
  model_not_found: entry(404, 'model_not_found', false, 'Invalid model name passed.'),
  record_not_found: entry(404, 'not_found', false, 'The record does not exist.'),
  route_not_found: entry(404, 'not_found_error', false, 'There is no such route.'),
  method_not_allowed: entry(405, 'invalid_request_error', false, 'This route does not take this method.'),
  request_timeout: entry(408, 'timeout_error', true, 'The request was not received in time.'),
  request_too_large: entry(413, 'invalid_request_error', false, 'The request body is too large.'),
  unsupported_media_type: entry(
    415,
    'invalid_request_error',
    false,
    'The request body must be application/json.',
  ),
  validation_error: entry(422, 'validation_error', false, 'The request is not valid.'),
  budget_exceeded: entry(422, 'budget_exceeded', false, 'Budget has been exceeded!'),
  rate_limit_exceeded: entry(429, 'rate_limit_error', true, 'Rate limit exceeded. No deployments available.'),
  caller_limit_exceeded: entry(
    429,
    'rate_limit_error',
    true,
    'Rate limit exceeded for the key, its user, the team or the end user.',
  ),
  no_deployment_available: entry(
    429,
    'rate_limit_error',
    true,
    'No deployments available for this model now.',
  ),
  internal_error: entry(500, 'internal_server_error', true, 'Something went wrong on our side.'),
  upstream_unreachable: entry(502, 'upstream_error', true, 'The provider could not be reached.'),
  upstream_invalid_response: entry(
    502,
    'upstream_error',
    true,
    'The provider answered with something that is not a valid response.',
  ),
  residency_violation: entry(
    503,
    'region_restricted',
    true,
    'The chosen deployment could not be confirmed to be in the allowed region; nothing was sent.',
  ),
  identity_unavailable: entry(503, 'no_db_connection', true, 'Keys and end users cannot be read now.'),
  router_unavailable: entry(503, 'internal_server_error', true, 'The router cannot be reached now.'),
  limits_unavailable: entry(503, 'internal_server_error', true, 'Rate limits cannot be checked now.'),
  usage_unavailable: entry(503, 'internal_server_error', true, 'Usage cannot be read now.'),
  usage_outbox_full: entry(503, 'internal_server_error', true, 'Usage cannot be recorded now.'),
  catalog_mismatch: entry(
    503,
    'internal_server_error',
    true,
    'Gateway and router run with different configurations.',
  ),
  shutting_down: entry(503, 'internal_server_error', true, 'This instance is shutting down.'),
  upstream_timeout: entry(504, 'timeout_error', true, 'The provider did not answer in time.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Looks up a code; codes are data and may come from an older or newer process, hence the fallback. */
export function errorEntry(code: string): ErrorEntry {
  return code in errorCatalogue ? errorCatalogue[code as ErrorCode] : errorCatalogue.internal_error;
}
