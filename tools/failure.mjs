/** Something the reader can mend: shown as one sentence and, below it, details. Never with a stack. */
export class Failure extends Error {
  constructor(message, details = '') {
    super(message);
    this.details = details;
  }
}

/** Runs a command's main function and turns what it throws into words and an exit code. */
export async function runMain(main) {
  try {
    process.exit(await main());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n${error.details === '' ? '' : `${error.details}\n`}`);
    process.exit(1);
  }
}
