import { Server } from 'node:net';

// The peer's own start command. It would listen on every address of the machine at a port of its choice: here it
// listens on a free loopback port and says which.

const originalListen: unknown = Reflect.get(Server.prototype, 'listen');

function listenOnLoopback(this: Server): unknown {
  const onListening = (): void => {
    process.send?.({ type: 'listening', address: this.address() });
  };
  return Reflect.apply(originalListen as () => unknown, this, [0, '127.0.0.1', onListening]);
}

Reflect.set(Server.prototype, 'listen', listenOnLoopback);
// As it is run in production: without the page that shows every request.
process.env['NODE_ENV'] = 'production';
process.argv.push('--headless');
// What it misses in this Node it says once, and to nobody.
Reflect.set(console, 'warn', () => undefined);
process.on('disconnect', () => process.exit(0));
await import(process.argv[2] ?? '');
