import { defineConfig } from 'vitest/config';

// isolated-vm needs forked processes (worker threads refuse the flag) and Node without its start-up snapshot.
const shared = { pool: 'forks' as const, execArgv: ['--no-node-snapshot'], testTimeout: 20_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [
            '{core,renderer}/**/*.test.ts',
            'electron/**/*.test.ts',
            'build/**/*.test.ts',
            'migrations/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{contract,integration}/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
