import { defineConfig } from 'vitest/config';
import { unitTests } from '../vitest.shared.mjs';

const shared = unitTests();

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['*/**/*.spec.ts'],
    exclude: ['node_modules/**', 'dist-spec/**'],
    globalSetup: ['./global-setup.ts'],
    // Every file starts the whole system: two at a time keep a small machine answering in time.
    maxWorkers: 2,
    // Calls have deadlines of their own, seconds long: a machine that stands still for a while breaks one of them.
    retry: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
