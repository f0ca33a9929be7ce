import { defineConfig } from 'vitest/config';

/**
 * `unit` needs Node, bash and git. `browser` needs Chromium. `engine` needs a container engine and runs one file at
 * a time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{bench,runtime,reports}/**/*.test.ts'],
          exclude: ['**/*.engine.test.ts', '**/*.browser.test.ts', 'node_modules', 'dist'],
          // vitest leaves one CPU idle by itself: on a machine with two, files would run one after the other.
          maxWorkers: '100%',
          // For what hangs. A busy machine may take ten times as long as a quiet one, and that is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{bench,runtime,reports}/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'engine',
          include: ['{bench,runtime,reports}/**/*.engine.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
