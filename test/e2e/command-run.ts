import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A command of this checkout, typed into a shell of its own; nothing of it is a terminal. */
export class CommandRun {
  private output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;
  private readonly listeners = new Set<() => void>();

  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // As in a terminal: Ctrl-C goes to the whole group.
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.changed();
      });
    }
    this.exited = once(this.child, 'close').then(([code]) => {
      this.changed();
      return code as number | null;
    });
  }

  /** Everything it has said so far. */
  get said(): string {
    return this.output;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when it says something that matches; rejects when it ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.child.exitCode !== null)
        throw new Error(`it ended without ${String(pattern)}: ${this.output}`);
      await new Promise<void>((resolve) => this.listeners.add(resolve));
    }
  }

  /** Resolves with its exit code. */
  ended(): Promise<number | null> {
    return this.exited;
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  /** What cannot be caught. */
  kill(pid = this.pid): void {
    process.kill(pid, 'SIGKILL');
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}

/** Command lines of the living processes that mention a text, for example a folder that only they use. */
export function processesMentioning(text: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        const about = ['cmdline', 'environ']
          .map((file) => readFileSync(`/proc/${entry}/${file}`, 'utf8'))
          .join('\0');
        return about.includes(text) ? [`${entry} ${about.split('\0')[0] ?? ''}`] : [];
      } catch {
        // It ended while we looked, or is not ours to look at.
        return [];
      }
    });
}
