import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { unitTests } from '../vitest.shared.mjs';

const shared = unitTests();

export default defineConfig({
  ...shared,
  // What it exports is made when it is packed; here its sources are tested like all others.
  resolve: {
    ...shared.resolve,
    alias: { '@signalbox/router': path.resolve(import.meta.dirname, '../libs/sdk/src/index.ts') },
  },
  test: {
    ...shared.test,
    include: ['*/**/*.spec.ts'],
    exclude: ['node_modules/**', 'dist/**', 'dist-spec/**'],
    globalSetup: ['./global-setup.ts'],
    // Every file starts the whole system: two at a time keep a small machine answering in time.
    maxWorkers: 2,
    // Calls have deadlines of their own, seconds long: a machine that stands still for a while breaks one of them.
    retry: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
