// `npm run prove:residency -- FLAGS`: the proof of test/residency-proof, after what it needs was built.
import { fileURLToPath } from 'node:url';
import { runMain } from './failure.mjs';
import { runBuilt } from './run-built.mjs';

await runMain(() =>
  runBuilt(fileURLToPath(import.meta.url), () => import('../test/dist/residency-proof/main.js')),
);
