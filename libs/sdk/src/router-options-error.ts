/** One thing that is wrong with the options of a router. */
export interface OptionFault {
  /** Where: `modelList[0].litellm_params.api_key`. */
  readonly path: string;
  /** What is wrong and, where it helps, what to write instead. */
  readonly reason: string;
}

/** The options of a router are wrong: all that is, one a line. */
export class RouterOptionsError extends Error {
  override readonly name = 'RouterOptionsError';
  readonly faults: readonly OptionFault[];

  constructor(faults: readonly OptionFault[]) {
    const places = faults.length === 1 ? 'one place' : `${faults.length} places`;
    const lines = faults.map(({ path, reason }) => `  ${path === '' ? 'options' : path}: ${reason}`);
    super(`The options of the router are wrong in ${places}:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}
