import { afterAll } from 'vitest';
import { UsageServers } from './usage-servers.js';

/** Servers for the tests of a file, stopped after them. */
export async function useUsageServers(): Promise<UsageServers> {
  const servers = await UsageServers.start();
  afterAll(() => servers.stop());
  return servers;
}
