// Fake: a broker that reads how somebody logs in, and says yes.
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTestBus, Inbox } from './testing/test-bus.js';
import { serverLogin, withoutLogin } from './server-login.js';

describe('the login of a broker', () => {
  it.each([
    ['nats://nats:4222', undefined],
    ['nats:4222', undefined],
    ['nats://ann:secret@nats:4222', { user: 'ann', pass: 'secret' }],
    ['nats://ann:p%40ss:w%2Frd@nats', { user: 'ann', pass: 'p@ss:w/rd' }],
    ['nats://s3cret@nats:4222', { token: 's3cret' }],
  ])('is read from %s', (server, login) => {
    expect(serverLogin([server])).toEqual(login);
  });

  it('holds for all servers of a cluster', () => {
    expect(serverLogin(['nats://one:4222', 'nats://ann:secret@two:4222'])).toEqual({
      user: 'ann',
      pass: 'secret',
    });
  });

  it('is no part of the place', () => {
    expect(withoutLogin('nats://ann:secret@nats:4222')).toBe('nats://nats:4222');
  });
});

describe('a connection', () => {
  const shown = new Inbox<unknown>();
  const broker = createServer((socket) => {
    socket.write(
      'INFO {"server_id":"fake","version":"2.12.0","max_payload":1048576,"auth_required":true}\r\n',
    );
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('utf8').split('\r\n')) {
        if (line.startsWith('CONNECT ')) shown.put(JSON.parse(line.slice('CONNECT '.length)));
        if (line === 'PING') socket.write('PONG\r\n');
      }
    });
  });
  beforeAll(() => new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => broker.close(resolve)));

  it('shows it', async () => {
    const { port } = broker.address() as AddressInfo;
    const bus = await connectTestBus(`nats://ann:secret@127.0.0.1:${port}`);
    expect(await shown.next()).toMatchObject({ user: 'ann', pass: 'secret' });
    await bus.drain();
  });
});
