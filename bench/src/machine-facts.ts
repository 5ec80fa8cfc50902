import { cpus, release, totalmem } from 'node:os';

/** What a reader needs to know of the machine; no name, no path. */
export function machineFacts(servers: Readonly<Record<string, string>>): Record<string, string> {
  const processors = cpus();
  return {
    processor: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    kernel: `${process.platform} ${release().replace(/-.*$/, '')}`,
    'Node.js': process.version,
    ...servers,
  };
}
