import type { HttpFailure } from './http-failure.js';

/** The provider refused or failed in its own words; carries what the client is told if no other attempt succeeds. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  constructor(readonly failure: HttpFailure) {
    super(`upstream answered ${failure.status}`);
  }
}
