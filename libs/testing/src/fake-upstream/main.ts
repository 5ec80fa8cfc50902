// `PORT=9100 node libs/testing/dist/fake-upstream/main.js`: the pretended provider as a process of its own.
import { startFakeUpstream } from './fake-upstream.js';

const upstream = await startFakeUpstream({
  port: Number(process.env['PORT'] ?? 0),
  host: process.env['HOST'] ?? '127.0.0.1',
});
process.stdout.write(`fake upstream: ${upstream.siteUrl('eu')} (and /us, /sweden, or any other name)\n`);
process.send?.({ type: 'signalbox.ready', service: 'fake-upstream', httpPort: upstream.port, opsPort: 0 });

const stop = (): void => {
  void upstream.stop().then(() => process.exit(0));
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
// Whoever started us is gone.
process.once('disconnect', stop);
