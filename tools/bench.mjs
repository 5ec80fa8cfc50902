// `npm run bench -- FLAGS`: the benchmark of bench/, after what it needs was built.
import { fileURLToPath } from 'node:url';
import { runMain } from './failure.mjs';
import { runBuilt } from './run-built.mjs';

await runMain(() => runBuilt(fileURLToPath(import.meta.url), () => import('../bench/dist/main.js')));
