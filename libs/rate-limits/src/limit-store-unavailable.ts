/** The ledgers could not be read or written; whether a request then passes is the caller's policy. */
export class LimitStoreUnavailable extends Error {
  override readonly name = 'LimitStoreUnavailable';
  constructor(cause: unknown) {
    super('The limit store cannot be reached', { cause });
  }
}
