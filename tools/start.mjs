// `npm start`: from a fresh clone to a running Signalbox.
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bootstrap, rerunUnderNewerNode, root } from './bootstrap.mjs';
import { Failure, runMain } from './failure.mjs';
import { readFlags } from './read-flags.mjs';
import { createTerminal } from './terminal.mjs';

const help = `npm start [-- FLAGS]

Installs what is missing, makes NATS, Redis and Postgres available (those named by NATS_URL, REDIS_URL and
DATABASE_URL, else its own on free loopback ports), migrates the database and starts the four services.

  --config FILE      the configuration; default config.example.yaml
  --port N           port of the gateway, 0 for any; default 4000, more gateways take the next ones
  --host ADDRESS     address the gateway listens on; default 127.0.0.1
  --data DIR         where its servers keep their data and the logs are; default .signalbox
  --replicas LIST    processes of each service, such as gateway=2,router=3,usage=2; default one each
  --quiet            show only the result
  --version          show the version
  --help             show this`;

const services = ['gateway', 'router', 'identity', 'usage'];

function readReplicas(text) {
  const replicas = Object.fromEntries(services.map((name) => [name, 1]));
  for (const part of text.split(',').filter((word) => word !== '')) {
    const [, name, count] = /^([a-z]+)=(\d+)$/.exec(part.trim()) ?? [];
    if (!services.includes(name)) {
      throw new Failure(`--replicas takes ${services.join(', ')}, such as router=3: "${part}" is not that.`);
    }
    replicas[name] = readNumber(`--replicas ${name}`, count, 1, 64);
  }
  return replicas;
}

function readNumber(flag, text, smallest, largest) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= smallest && number <= largest) return number;
  throw new Failure(`${flag} must be a whole number from ${smallest} to ${largest}, not "${text}".`);
}

await runMain(async () => {
  const { values } = readFlags('npm start', {
    config: { type: 'string', default: path.join(root, 'config.example.yaml') },
    port: { type: 'string', default: '4000' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string', default: path.join(root, '.signalbox') },
    replicas: { type: 'string', default: '' },
    quiet: { type: 'boolean', default: false },
    version: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const terminal = createTerminal({ quiet: values.quiet });
  if (values.help) {
    terminal.print(help);
    return 0;
  }
  if (values.version) {
    terminal.print(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version);
    return 0;
  }
  const options = {
    root,
    configFile: path.resolve(values.config),
    port: readNumber('--port', values.port, 0, 65535),
    host: values.host,
    dataDirectory: path.resolve(values.data),
    replicas: readReplicas(values.replicas),
  };
  await bootstrap(terminal);
  const exitCode = await rerunUnderNewerNode(fileURLToPath(import.meta.url));
  if (exitCode !== undefined) return exitCode;
  const { start } = await import('../libs/local-stack/dist/index.js');
  return start(options, terminal);
});
