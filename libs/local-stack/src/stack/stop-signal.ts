export interface StopSignal {
  /** Resolves with the reason when the process is asked to end. */
  asked: Promise<string>;
  /** Back to Node's own ways. */
  forget(): void;
}

/** Ctrl-C reaches us twice when npm passes on what the terminal sent already: that is still one wish. */
const sameWishMs = 1_000;

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal and the end of the process that started this one. Who asks again
 * later does not want to wait: the process exits, and the process guard ends what it leaves behind.
 */
export function stopSignal(): StopSignal {
  let resolveAsked: (reason: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => (resolveAsked = resolve));
  let firstAt: number | undefined;
  const onSignal = (reason: string): void => {
    if (firstAt !== undefined && performance.now() - firstAt > sameWishMs) process.exit(130);
    firstAt ??= performance.now();
    resolveAsked(reason);
  };
  const onDisconnect = (): void => {
    resolveAsked('the starter is gone');
  };
  const orphanWatch = watchNpm(() => {
    resolveAsked('npm is gone');
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  process.once('disconnect', onDisconnect);
  return {
    asked,
    forget() {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('disconnect', onDisconnect);
      clearInterval(orphanWatch);
    },
  };
}

/**
 * A killed npm leaves the scripts that it ran running. Only of npm: another parent may well go and mean us to stay
 * (`node tools/start.mjs &` in a script).
 */
function watchNpm(onGone: () => void): NodeJS.Timeout | undefined {
  if (process.env['npm_lifecycle_event'] !== 'start') return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, 500).unref();
}
