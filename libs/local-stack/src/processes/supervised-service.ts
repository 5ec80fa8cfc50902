import { setTimeout as delay } from 'node:timers/promises';
import { lastWords } from './last-words.js';
import { nameOf, startServiceProcess, type ServiceLaunch, type ServiceProcess } from './service-process.js';

/** A service that is started again when it ends by itself. */
export interface SupervisedService {
  /** The process of now; another one after a restart. */
  readonly current: ServiceProcess;
  /** Resolves with a sentence when it ended too often; never rejects. */
  failed: Promise<string>;
  /** Starts it again after its end, on the same port; for when nobody else does. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export interface Supervision {
  /** Told in one sentence when the service ended and when it is back. */
  say: (sentence: string) => void;
  /** False: an end is the end. */
  restart: boolean;
}

/** A service that dies so often in a row is broken, not unlucky. */
const attempts = 5;
const firstPauseMs = 250;
/** A process that lived so long starts the count anew. */
const steadyAfterMs = 60_000;

/** Starts a service, and starts it again after 0.25, 0.5, 1, 2 and 4 seconds whenever it ends unasked. */
export async function superviseService(
  launch: ServiceLaunch,
  { say, restart }: Supervision,
): Promise<SupervisedService> {
  let current = await startServiceProcess(launch);
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted || !restart;
  let rebirth: Promise<boolean> = Promise.resolve(true);
  const bringBack = async (death: Death): Promise<boolean> => {
    const born = await startAgain(launch, death);
    if (born === undefined) return false;
    current = born;
    say(`${nameOf(launch)} is back`);
    return true;
  };
  const watch = async (): Promise<string> => {
    let deaths = 0;
    for (;;) {
      const bornAt = performance.now();
      const how = await current.exited;
      if (isOver()) return nothingElse();
      deaths = performance.now() - bornAt > steadyAfterMs ? 1 : deaths + 1;
      rebirth = bringBack({ deaths, how, say, signal: stopping.signal });
      const isBack = await rebirth;
      if (isOver()) return nothingElse();
      if (!isBack)
        return `${nameOf(launch)} ${how} and could not be brought back; its log is ${launch.logFile}.`;
    }
  };
  const failed = watch();
  return {
    get current() {
      return current;
    },
    failed,
    async revive() {
      await current.exited;
      const PORT = String(current.httpPort ?? 0);
      const environment = { ...launch.environment, PORT };
      current = await startServiceProcess({ ...launch, environment, logFlags: 'a' });
    },
    async stop() {
      stopping.abort();
      await rebirth;
      await current.stop();
    },
  };
}

interface Death {
  deaths: number;
  how: string;
  say: (sentence: string) => void;
  signal: AbortSignal;
}

async function startAgain(launch: ServiceLaunch, death: Death): Promise<ServiceProcess | undefined> {
  const [reason] = lastWords(launch.logFile);
  const because = reason === undefined ? '' : ` (${reason})`;
  for (let attempt = death.deaths; attempt <= attempts; attempt += 1) {
    const pauseMs = firstPauseMs * 2 ** (attempt - 1);
    death.say(`${nameOf(launch)} ${death.how}${because}: starting it again in ${pauseMs / 1000} s`);
    await delay(pauseMs, undefined, { signal: death.signal }).catch(() => undefined);
    if (death.signal.aborted) return undefined;
    try {
      return await startServiceProcess({ ...launch, logFlags: 'a' });
    } catch {
      // Its log says why; the next attempt comes after a longer pause.
    }
  }
  return undefined;
}

/** For a wait that has nothing to report any more. */
function nothingElse(): Promise<never> {
  return new Promise(() => undefined);
}
