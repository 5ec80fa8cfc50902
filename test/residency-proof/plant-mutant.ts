// Preload of a process that shall run without one of its guards: `node --import '.../plant-mutant.js?NAME'`.
import { registerHooks } from 'node:module';
import { mutants } from './mutants.js';

const name = new URL(import.meta.url).search.slice(1);
const mutant = mutants.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
const { file, text, replacement } = mutant;

let isPlanted = false;
process.on('exit', () => {
  if (isPlanted) return;
  process.stderr.write(`Error: the mutant ${name} does not fit any more: ${file} was not loaded\n`);
  process.exitCode = 1;
});

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(file)) return loaded;
    const { source } = loaded;
    const pieces = (typeof source === 'string' ? source : new TextDecoder().decode(source)).split(text);
    if (pieces.length !== 2) {
      throw new Error(
        `the mutant ${name} does not fit any more: ${file} holds ${pieces.length - 1} times ${text}`,
      );
    }
    isPlanted = true;
    return { ...loaded, source: pieces.join(replacement) };
  },
});
