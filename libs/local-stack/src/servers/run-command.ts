import { spawn, type ChildProcess } from 'node:child_process';

export interface CommandResult {
  /** `undefined` when the command could not be started or was ended by a signal. */
  exitCode: number | undefined;
  output: string;
  errorOutput: string;
}

export interface CommandOptions {
  cwd?: string;
  environment?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** Milliseconds after which the command is killed. */
  timeoutMs?: number;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a short command to its end and never throws: a missing program is an exit code of `undefined`. It does not outlive this process. */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const output: string[] = [];
    const errorOutput: string[] = [];
    const child = spawn(command, commandArguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.environment ?? process.env,
      timeout: options.timeoutMs ?? 300_000,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    running.add(child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => errorOutput.push(text));
    const finish = (exitCode: number | undefined): void => {
      running.delete(child);
      resolve({ exitCode, output: output.join(''), errorOutput: errorOutput.join('') });
    };
    child.on('error', (error) => {
      errorOutput.push(error.message);
      finish(undefined);
    });
    child.on('close', (code) => {
      finish(code ?? undefined);
    });
  });
}
