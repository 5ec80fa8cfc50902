import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of a test: its lines, its messages and its end can be awaited. */
export class TestProcess {
  readonly exited: Promise<Exit>;
  readonly messages: unknown[] = [];
  output = '';
  private wake: (() => void)[] = [];

  constructor(readonly child: ChildProcess) {
    const ended = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
        this.awake();
      });
    });
    // Not the child's `close` event: Node does not send it once the parent has disconnected.
    const closed = [child.stdout, child.stderr].map((stream) => this.follow(stream));
    this.exited = Promise.all(closed).then(() => ended);
    child.on('message', (message) => {
      this.messages.push(message);
      this.awake();
    });
  }

  /** Resolves when the output holds the text; rejects when the process ends without it. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`Ended without "${text}":\n${this.output}`);
      await this.change();
    }
  }

  async message(): Promise<unknown> {
    while (this.messages.length === 0) await this.change();
    return this.messages[0];
  }

  private follow(stream: Readable | null): Promise<void> {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.awake();
    });
    return new Promise((resolve) => stream?.once('close', resolve));
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private awake(): void {
    for (const resolve of this.wake.splice(0)) resolve();
  }
}

/** Runs a script of src/testing/ from source in a process of its own, with an IPC channel. */
export function startScript(
  script: string,
  options: { arguments?: string[]; environment?: Record<string, string>; preload?: string[] } = {},
): TestProcess {
  const preload = ['./source-hooks.mjs', ...(options.preload ?? [])];
  const child = fork(path.join(import.meta.dirname, script), options.arguments ?? [], {
    execArgv: preload.flatMap((file) => ['--import', path.join(import.meta.dirname, file)]),
    env: { PATH: '/usr/bin:/bin', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return new TestProcess(child);
}
