import { defineConfig } from 'vitest/config';

/** `quick` is what `npm run check` runs; the others need a build, a cluster, or more time. */
export default defineConfig({
  test: {
    pool: 'threads',
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/{unit,house,golden,property,simulation}/**/*.test.ts'],
          testTimeout: 120_000,
          globalSetup: ['schemas/compile-schemas.mjs'],
          setupFiles: ['test/support/fixed-seed.ts'],
          // Nothing in src keeps module state, so files may share a module graph: three times faster.
          isolate: false,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          // Real processes and sockets on a machine that may be busy.
          retry: 1,
        },
      },
      {
        test: {
          name: 'swarm',
          globalSetup: ['test/support/swarm-lab-setup.ts'],
          include: ['test/swarm/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          // Real engines on a machine that may be busy: a second try tells a bug from bad luck.
          retry: 1,
        },
      },
      // Longer comparisons with a real Swarm: `npm run test:lab`, part of check:full.
      {
        test: {
          name: 'lab',
          globalSetup: ['test/support/swarm-lab-setup.ts'],
          include: ['test/differential/**/*.test.ts', 'test/lab/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          // Real engines on a machine that may be busy: a second try tells a bug from bad luck.
          retry: 1,
        },
      },
    ],
  },
});
