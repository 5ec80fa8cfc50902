import { MigrationError } from '@signalbox/database';
import { StackFailure } from '../stack-failure.js';
import type { Terminal } from '../terminal.js';
import { bringUp, type StartOptions } from './bring-up.js';
import { Cleanups } from './cleanups.js';
import { stopSignal } from './stop-signal.js';

/** What a shell reports for a command that was interrupted. */
const interrupted = 130;

/**
 * `npm start`: brings everything up and runs until it is told to stop, or until something fails for good.
 * Returns the exit code; nothing that it started runs then.
 */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const cleanups = new Cleanups();
  const stop = stopSignal();
  const isAsked = stop.asked.then(() => undefined);
  try {
    const running = bringUp(options, terminal, cleanups);
    const up = await Promise.race([running, isAsked]);
    if (up === undefined) {
      // It ends at its next step; that it was interrupted is no news.
      running.catch(() => undefined);
      return interrupted;
    }
    const sentence = await Promise.race([up.failed, isAsked]);
    if (sentence !== undefined) throw new StackFailure(sentence);
    return 0;
  } catch (error) {
    if (error instanceof StackFailure) terminal.print([error.message, ...error.details].join('\n  '));
    else if (error instanceof MigrationError) terminal.print(error.message);
    else throw error;
    return 1;
  } finally {
    if (!cleanups.isEmpty) await terminal.step('everything stopped', () => cleanups.run());
    stop.forget();
  }
}
