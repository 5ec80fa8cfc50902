/** Says in one line what is being done meanwhile. */
export type Say = (text: string) => void;

/** Where a command tells its reader how far it is; the tools hand in the real one. */
export interface Terminal {
  /**
   * Shows the step while it runs and how long it took; the work may report what it does meanwhile, and a `remark`
   * in what it returns is shown behind the title.
   */
  step<Result>(title: string, work: (say: Say) => Promise<Result>): Promise<Result>;
  /** One line that a quiet terminal leaves out. */
  note(text: string): void;
  /** Lines that are always shown: the result of the command. */
  print(text: string): void;
  /** Why the command fails, always shown. */
  fail(text: string): void;
}
