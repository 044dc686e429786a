/** The tests that mutants run against: fast, and without sockets, processes and browsers. */
import { configDefaults, defineConfig } from 'vitest/config'

/** Set by `run.ts`. */
const folders = process.env['MUTATION_TESTS']?.split(',') ?? []

export default defineConfig({
  test: {
    include: folders.map(folder => `${folder}/**/*.test.ts`),
    exclude: [
      ...configDefaults.exclude,
      'packages/core/test/integration/**',
      // Each takes seconds: simulated clusters, documents of many clients, and mutated inputs.
      '**/*-scenarios.test.ts',
      '**/{one-peer,readme,document-exchange,update-chunks,large-state,mutated-inputs}.test.ts',
    ],
    setupFiles: ['packages/core/test/helpers/short-properties.ts'],
    testTimeout: 60_000,
    bail: 1,
  },
})
