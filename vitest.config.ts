import { configDefaults, defineConfig } from 'vitest/config'

/** Real sockets and processes. They run one after the other and beside nothing else: on a busy machine they would test the machine. */
const real = [
  'packages/core/test/integration/**/*.test.ts',
  'packages/simulator/test/gossip-calibration.test.ts',
  'packages/cli/test/**/*.test.ts',
  'test/integration/**/*.test.ts',
  'test/browser/**/*.test.ts',
]

const project = (name: string, root: string) => ({
  extends: true as const,
  test: { name, include: [`${root}/**/*.test.ts`], exclude: [...configDefaults.exclude, ...real] },
})

export default defineConfig({
  test: {
    // Hours of virtual time and real processes: long on a busy machine, bounded on any.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project('@hearsay/failure-detector', 'packages/failure-detector'),
      project('@hearsay/core', 'packages/core'),
      project('@hearsay/simulator', 'packages/simulator'),
      project('@hearsay/test', 'test'),
      {
        extends: true,
        test: { name: 'real', include: real, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
