/** Why the migrations could not be applied, in one sentence made for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
