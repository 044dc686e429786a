import { defineConfig } from 'vitest/config'

const project = (name: string, root: string) => ({ extends: true as const, test: { name, root } })

export default defineConfig({
  test: {
    // Hours of virtual time and real processes: long on a busy machine, bounded on any.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project('@hearsay/failure-detector', 'packages/failure-detector'),
      project('@hearsay/core', 'packages/core'),
      project('@hearsay/simulator', 'packages/simulator'),
      project('@hearsay/cli', 'packages/cli'),
      project('@hearsay/test', 'test'),
    ],
  },
})
