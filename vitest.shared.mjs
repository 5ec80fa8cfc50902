/**
 * Settings of every unit-test run: sources are taken straight from the workspace (no build needed),
 * through the `@signalbox/source` condition of each package.
 * @returns {import('vitest/config').ViteUserConfig}
 */
export function unitTests() {
  return {
    resolve: { conditions: ['@signalbox/source', 'node'] },
    ssr: { resolve: { conditions: ['@signalbox/source', 'node'] } },
    test: { environment: 'node', include: ['src/**/*.spec.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
  };
}
