// `npm run chaos -- FLAGS`: the chaos run of test/chaos, after what it needs was built.
import { fileURLToPath } from 'node:url';
import { runMain } from './failure.mjs';
import { runBuilt } from './run-built.mjs';

await runMain(() => runBuilt(fileURLToPath(import.meta.url), () => import('../test/dist/chaos/main.js')));
