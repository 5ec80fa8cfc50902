/** Why an import could not go on, in one sentence made for the operator. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure';
}
