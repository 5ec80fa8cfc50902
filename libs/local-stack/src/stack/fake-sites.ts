import path from 'node:path';
import type { ProcessGuard } from '../processes/process-guard.js';
import { startServiceProcess, type ServiceProcess } from '../processes/service-process.js';
import { freePort } from '../servers/free-port.js';

/** The pretended provider that the example configuration names by `os.environ/SIGNALBOX_FAKE_EU_URL`. */
export interface FakeSites {
  port: number;
  /** The variables the configuration asks for, `SIGNALBOX_FAKE_<SITE>_URL`. */
  environment: Record<string, string>;
}

/** The pretended sites that a configuration mentions and the environment does not name; none: undefined. */
export async function planFakeSites(
  configText: string,
  environment: NodeJS.ProcessEnv,
): Promise<FakeSites | undefined> {
  const mentioned = [...configText.matchAll(/\bSIGNALBOX_FAKE_([A-Z0-9_]+)_URL\b/g)];
  const missing = mentioned.filter(([variable]) => (environment[variable] ?? '') === '');
  if (missing.length === 0) return undefined;
  const port = await freePort();
  const urlOf = (site: string): string =>
    `http://127.0.0.1:${port}/${site.toLowerCase().replaceAll('_', '-')}`;
  const urls = missing.map(([variable, site = '']) => [variable, urlOf(site)] as const);
  return { port, environment: Object.fromEntries(urls) };
}

interface FakeSitesPlace {
  root: string;
  logsDirectory: string;
  guard: ProcessGuard;
  abort: AbortSignal;
}

/** Starts the pretended provider as a process of its own. */
export function startFakeSites(
  { port }: FakeSites,
  { root, logsDirectory, guard, abort }: FakeSitesPlace,
): Promise<ServiceProcess> {
  return startServiceProcess({
    service: 'fake-upstream',
    replica: 1,
    cwd: root,
    nodeArguments: ['libs/testing/dist/fake-upstream/main.js'],
    environment: { ...process.env, PORT: String(port), HOST: '127.0.0.1' },
    logFile: path.join(logsDirectory, 'fake-upstream-1.log'),
    logFlags: 'w',
    guard,
    abort,
  });
}
