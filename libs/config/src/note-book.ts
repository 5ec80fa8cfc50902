import type { ConfigNote } from './config-note.js';

/** Steps from the top of the file to a value. */
export type ConfigPath = readonly (string | number)[];

/** Finds the line and column of a path, if it is in the file. */
export type Locate = (path: ConfigPath) => { line: number; column: number } | undefined;

/** Collects everything there is to say, so that all faults are reported together. */
export class NoteBook {
  faults: ConfigNote[] = [];
  readonly warnings: ConfigNote[] = [];

  /** Set as soon as the file is parsed. */
  locate: Locate = () => undefined;

  constructor(private readonly file?: string) {}

  fault(path: ConfigPath, reason: string): void {
    this.faults.push(this.#note(path, reason));
  }

  warn(path: ConfigPath, reason: string): void {
    this.warnings.push(this.#note(path, reason));
  }

  /** Warns of something that is not acted on: what is wrong below it, such as a variable that is not set, is no fault. */
  ignore(path: ConfigPath, reason: string): void {
    this.warn(path, reason);
    const ignored = pathText(path);
    this.faults = this.faults.filter(
      (fault) => fault.path !== ignored && !['.', '['].some((next) => fault.path.startsWith(ignored + next)),
    );
  }

  /** A fault of the text itself, at a place in the file. */
  textFault(reason: string, place: { line?: number; column?: number } = {}): void {
    this.faults.push({ ...this.#note([], reason), ...place });
  }

  #note(path: ConfigPath, reason: string): ConfigNote {
    const file = this.file === undefined ? {} : { file: this.file };
    return { ...file, path: pathText(path), reason, ...this.locate(path) };
  }
}

/** `['model_list', 0, 'model_name']` as `model_list[0].model_name`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
