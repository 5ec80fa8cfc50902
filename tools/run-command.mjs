import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Set();
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [signal, exitCode] of Object.entries(exitCodes)) {
  process.on(signal, () => {
    // Without a command under way somebody else knows what to do.
    if (running.size === 0 && process.listenerCount(signal) > 1) return;
    for (const child of running) child.kill(signal);
    process.exit(exitCode);
  });
}

/**
 * Runs a command to its end and keeps what it says.
 * @param {{ cwd?: string, environment?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options] `onLine` is
 *   told every line of the output as it comes.
 * @returns {Promise<{ exitCode: number, output: string }>} a command that cannot be started has exit code 127.
 */
export function runCommand(command, commandArguments, { cwd, environment = process.env, onLine } = {}) {
  return new Promise((resolve) => {
    const said = [];
    const child = spawn(command, commandArguments, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const finish = (exitCode) => {
      running.delete(child);
      resolve({ exitCode, output: Buffer.concat(said).toString('utf8') });
    };
    child.stdout.on('data', (bytes) => said.push(bytes));
    if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.on('data', (bytes) => said.push(bytes));
    child.on('error', (error) => {
      said.push(Buffer.from(error.message));
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}
