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

/** A process, told apart from a later one with the same id. */
export interface LivingProcess {
  readonly pid: number;
  readonly name: string;
  /** Ticks after boot. */
  readonly startedAt: string;
}

/** Everything that the given process started, and what that started. */
export function descendantsOf(root: number): LivingProcess[] {
  const all = readdirSync('/proc').flatMap((entry) =>
    /^\d+$/.test(entry) ? readProcess(Number(entry)) : [],
  );
  const found: LivingProcess[] = [];
  const parents = new Set([root]);
  for (let grew = true; grew;) {
    const more = all.filter(({ pid, parent }) => parents.has(parent) && !parents.has(pid));
    for (const { pid } of more) parents.add(pid);
    found.push(...more.map(({ pid, name, startedAt }) => ({ pid, name, startedAt })));
    grew = more.length > 0;
  }
  return found;
}

/** Those of the given processes that still run. */
export function stillRunning(processes: readonly LivingProcess[]): LivingProcess[] {
  return processes.filter(({ pid, startedAt }) => readProcess(pid)[0]?.startedAt === startedAt);
}

function readProcess(pid: number): (LivingProcess & { parent: number })[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold spaces: count from behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent = ''] = fields;
    if (state === 'Z') return [];
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    return [{ pid, name, parent: Number(parent), startedAt: fields[19] ?? '' }];
  } catch {
    // It ended while we looked.
    return [];
  }
}
