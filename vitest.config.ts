import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but Node. `engine` needs a container engine and runs one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{bench,runtime,reports}/**/*.test.ts'],
          exclude: ['**/*.engine.test.ts', 'node_modules', 'dist'],
        },
      },
      {
        test: {
          name: 'engine',
          include: ['{bench,runtime,reports}/**/*.engine.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
