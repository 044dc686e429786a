/** The tests that mutants run against: fast, and without sockets, processes and browsers. */
import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/{core,failure-detector}/test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'packages/core/test/integration/**',
      // Each takes seconds: simulated clusters, and documents of many clients.
      '**/*-scenarios.test.ts',
      '**/{one-peer,readme,document-exchange,update-chunks,large-state}.test.ts',
    ],
    testTimeout: 60_000,
    bail: 1,
  },
})
