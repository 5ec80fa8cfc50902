import { setTimeout as delay } from 'node:timers/promises';
import { MigrationError } from '@signalbox/database';
import { StackFailure } from '../stack-failure.js';
import type { Terminal } from '../terminal.js';
import { bringUp, type StartOptions } from './bring-up.js';
import { Cleanups } from './cleanups.js';
import { stopSignal } from './stop-signal.js';

/** What a shell reports for a command that was interrupted. */
const interrupted = 130;
const patienceMs = 5_000;

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
      cleanups.end();
      // That it fails now is no news; a download may take longer to notice than anybody waits.
      await Promise.race([running.catch(() => undefined), delay(patienceMs, undefined, { ref: false })]);
      return interrupted;
    }
    const sentence = await Promise.race([up.failed, isAsked]);
    if (sentence !== undefined) throw new StackFailure(sentence);
    return 0;
  } catch (error) {
    if (error instanceof StackFailure) terminal.fail([error.message, ...error.details].join('\n  '));
    else if (error instanceof MigrationError) terminal.fail(error.message);
    else throw error;
    return 1;
  } finally {
    if (!cleanups.isEmpty) await terminal.step('everything stopped', () => cleanups.run());
    stop.forget();
  }
}
