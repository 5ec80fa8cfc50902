import { parseArgs } from 'node:util';
import { Failure } from './failure.mjs';

/**
 * Reads a command's flags. What is wrong with them is one sentence.
 * @param {string} command how the reader calls it, `npm start`
 * @param {import('node:util').ParseArgsConfig['options']} options
 */
export function readFlags(command, options, { allowPositionals = false } = {}) {
  try {
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals, strict: true });
  } catch (error) {
    const [unknown] = /(?<=')-[^' ]*/.exec(error.message) ?? [];
    const help = `${command} -- --help lists the flags.`;
    if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new Failure(`There is no flag ${unknown}: ${help}`);
    if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      throw new Failure(
        `The flag ${unknown} ${/missing|ambiguous/.test(error.message) ? 'needs a value' : 'takes no value'}: ${help}`,
      );
    }
    const [word] = /(?<=')[^']*/.exec(error.message) ?? [''];
    throw new Failure(`"${word}" is not a flag: ${help}`);
  }
}
