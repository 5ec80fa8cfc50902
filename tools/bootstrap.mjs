// Brings a checkout to the point where its TypeScript can run. Plain Node 20 without dependencies: it runs first.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.mjs';
import { withLock } from './file-lock.mjs';
import { runCommand } from './run-command.mjs';
import { indent } from './terminal.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const inRoot = (...parts) => path.join(root, ...parts);

/** The oldest Node with the synchronous module hooks that the telemetry preload needs. */
const oldestNode = [22, 22, 3];

/**
 * Makes the checkout ready: dependencies as the lockfile says, the Prisma client, and the compiled projects of
 * `build` ("services" or nothing). What is up to date is left alone; two at once wait for each other. An image is
 * built ready and says so with SIGNALBOX_PREPARED=1.
 */
export async function bootstrap(terminal, { build = true } = {}) {
  if (process.env['SIGNALBOX_PREPARED'] === '1') return;
  requireNode([20, 0, 0], 'Node 20 or newer is needed');
  const onWait = (owner) => terminal.note(`waiting for another command in this checkout (process ${owner})`);
  await withLock(inRoot('.signalbox', 'bootstrap.lock'), onWait, async () => {
    if (!isInstalled()) await terminal.step('dependencies (npm ci)', install);
    requireUsableNode();
    if (!isGenerated()) await terminal.step('database client (prisma generate)', generate);
    if (build) await quickOrStep(terminal, 'compiling (tsc -b)', () => compile(serviceProjects()));
  });
}

/**
 * Runs this same script again under the Node that npm brought, when the present one is too old for the TypeScript
 * projects. Resolves with the exit code of that run, or with undefined when the present Node will do.
 */
export async function rerunUnderNewerNode(script) {
  if (isAtLeast(oldestNode)) return undefined;
  const child = spawn(usableNode(), [script, ...process.argv.slice(2)], {
    // The channel tells it when we are gone, however we go.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...withBinaries(), SIGNALBOX_PREPARED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** The environment with the programs of node_modules (among them Node 24) first. */
export function withBinaries() {
  return {
    ...process.env,
    PATH: `${inRoot('node_modules', '.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
  };
}

/** The Node to run the projects' own programs with. */
export function usableNode() {
  return existsSync(inRoot('node_modules', '.bin', 'node'))
    ? inRoot('node_modules', '.bin', 'node')
    : process.execPath;
}

/** The build projects of the services and of what the commands need, as tsc takes them. */
export function serviceProjects() {
  return [...folders('apps'), 'libs/local-stack', 'libs/testing', 'libs/litellm-import'].map(
    (folder) => `${folder}/tsconfig.lib.json`,
  );
}

/** Every project with its specs. */
export function allProjects() {
  const others = ['test', 'bench'];
  return [...folders('apps'), ...folders('libs'), ...others]
    .map((folder) => `${folder}/tsconfig.json`)
    .filter((file) => existsSync(inRoot(file)));
}

function folders(parent) {
  return readdirSync(inRoot(parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(inRoot(folder, 'tsconfig.lib.json')));
}

/** What tsc says when its notes of an earlier build count on output that is gone: of a folder emptied by hand, say. */
const isOutputGone = /error TS6305|Cannot find module '@signalbox\//;

/** Compiles projects and what they refer to; only what changed, and everything when earlier output is gone. */
export async function compile(projects) {
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const run = (...flags) => runCommand(usableNode(), [tsc, '-b', ...flags, ...projects], { cwd: root });
  let { exitCode, output } = await run();
  if (exitCode !== 0 && isOutputGone.test(output)) ({ exitCode, output } = await run('--force'));
  if (exitCode !== 0) throw new Failure('The sources do not compile.', indent(output.trim()));
}

/** Shown only when it takes longer than a moment. */
async function quickOrStep(terminal, title, work) {
  const running = work();
  const isQuick = await Promise.race([
    running.then(() => true),
    new Promise((resolve) => setTimeout(() => resolve(false), 700).unref()),
  ]);
  if (!isQuick) await terminal.step(title, () => running);
}

function isInstalled() {
  const stamp = inRoot('node_modules', '.signalbox-lock');
  const digest = digestOf('package-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true;
  // Somebody ran `npm ci` or `npm install`: npm's own record says what is there.
  if (!isInStepWithLockfile()) return false;
  writeFileSync(stamp, digest);
  return true;
}

function isInStepWithLockfile() {
  const record = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([location, { version, link, optional }]) => {
    if (!location.startsWith('node_modules/') && !location.includes('/node_modules/')) return true;
    if (link) return existsSync(inRoot(location));
    return present[location] === undefined ? optional === true : present[location].version === version;
  });
}

async function install(say) {
  rmSync(inRoot('node_modules', '.signalbox-lock'), { force: true });
  say('once per checkout and after a change of the lockfile; it takes a minute or so');
  const { exitCode, output } = await runCommand('npm', ['ci', '--loglevel=error', '--no-progress'], {
    cwd: root,
  });
  if (exitCode === 127) throw new Failure('npm is needed and was not found on the PATH.');
  if (exitCode !== 0)
    throw new Failure('npm ci failed.', indent(output.trim().split('\n').slice(-12).join('\n')));
  writeFileSync(inRoot('node_modules', '.signalbox-lock'), digestOf('package-lock.json'));
}

const generatedClient = inRoot('libs', 'database', 'src', 'generated');

function isGenerated() {
  const stamp = path.join(generatedClient, '.digest');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === clientDigest();
}

async function generate() {
  const prisma = inRoot('node_modules', 'prisma', 'build', 'index.js');
  const options = { cwd: root, environment: withBinaries() };
  const { exitCode, output } = await runCommand(usableNode(), [prisma, 'generate'], options);
  if (exitCode !== 0) throw new Failure('prisma generate failed.', indent(output.trim()));
  writeFileSync(path.join(generatedClient, '.digest'), clientDigest());
}

function clientDigest() {
  return digestOf('prisma/schema.prisma', 'node_modules/prisma/package.json');
}

function digestOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(inRoot(file)));
  return hash.digest('hex');
}

function requireUsableNode() {
  if (isAtLeast(oldestNode) || existsSync(inRoot('node_modules', '.bin', 'node'))) return;
  requireNode(
    oldestNode,
    `Node ${oldestNode.join('.')} or newer is needed, and npm has none for this machine`,
  );
}

function requireNode(version, sentence) {
  if (!isAtLeast(version))
    throw new Failure(`${sentence}: this is ${process.version}. See https://nodejs.org.`);
}

function isAtLeast(version) {
  const present = process.versions.node.split('.').map(Number);
  const different = version.findIndex((part, index) => part !== present[index]);
  return different === -1 || (present[different] ?? 0) > (version[different] ?? 0);
}
