// A service of the tests: reports ready, then ends as its first argument says.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { exitOnFatalError } from '../exit-on-fatal-error.js';
import { createLogger } from '../logger.js';
import { onShutdown } from '../on-shutdown.js';
import { readProcessConfig } from '../process-config.js';
import { reportReady } from '../report-ready.js';

const [kind = 'clean', value] = process.argv.slice(2);
const environment =
  kind === 'misconfigured' ? { NATS_URL: '', PORT: 'secret-port' } : { NATS_URL: 'nats://x' };
readProcessConfig(z.object({ NATS_URL: z.string(), PORT: z.coerce.number().int().optional() }), environment);

const logger = createLogger({ service: 'test' });
exitOnFatalError(logger);
onShutdown(
  [
    { name: 'first', run: () => (kind === 'failing' ? Promise.reject(new Error('cannot')) : undefined) },
    {
      name: 'second',
      run: async () => {
        if (kind === 'stuck') await delay(600_000);
        logger.info('second step ran');
      },
    },
  ],
  { logger, timeLimitMs: Number(value ?? '10000') },
);
// Keeps the process alive as a server would.
setInterval(() => undefined, 600_000);
reportReady({ service: 'test', httpPort: 4_000, opsPort: 4_001 }, logger);
if (kind === 'throws') {
  setImmediate(() => {
    throw new Error('nobody catches this');
  });
}
if (kind === 'rejects') void Promise.reject(new Error('nobody catches this'));
