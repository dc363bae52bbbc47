import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, longest first: begun last it would keep one core waiting at the end. A fresh clone knows no times yet. */
const LONGEST = ['test/integration/crash', 'core/store/crash', 'test/integration/command-line', 'core/sandbox/hostile'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.includes(name));
      return at < 0 ? LONGEST.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

// isolated-vm needs forked processes (worker threads refuse the flag) and Node without its start-up snapshot.
const shared = {
  pool: 'forks' as const,
  execArgv: ['--no-node-snapshot'],
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // What is waited for comes when it comes: a loaded machine is no fault of the program.
  expect: { poll: { timeout: 15_000 } },
};

// No module keeps state (docs/ARCHITECTURE.md, Rules), so files of one worker may share what was loaded: a fifth of their work less.
const together = { ...shared, isolate: false };

export default defineConfig({
  test: {
    // A machine of two cores would run one file at a time otherwise, and waits for most of it.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...together,
          name: 'unit',
          include: ['{core,renderer}/**/*.test.ts', 'build/**/*.test.ts', 'migrations/**/*.test.ts'],
        },
      },
      {
        test: {
          ...together,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: ['test/build-core.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{integration,simulation}/**/*.test.ts', '{cloud,electron}/**/*.test.ts'],
          globalSetup: ['test/build-core.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          globalSetup: ['test/build-core.ts', 'test/e2e/build-screens.ts'],
          // Browsers after everything else: what they wait for is measured in seconds.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
