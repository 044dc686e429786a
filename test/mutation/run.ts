/**
 * Mutation testing: changes one operator of the code after another, and lists the changes that no fast test notices.
 *
 * `pnpm test:mutation [folder or file…]`. The default is every folder whose bounds and thresholds decide about foreign
 * bytes and about life and death; it takes about an hour. The report is `coverage/mutation.json`, too.
 *
 * Only the tests of the same folders run: `test/wire` for `src/wire`. A fault that only a test of another folder notices
 * is hard to find, so it counts as not noticed.
 */
import { Stryker } from '@stryker-mutator/core'

const folders = process.argv.slice(2)
const defaultFolders = [
  'packages/failure-detector/src',
  'packages/core/src/wire',
  'packages/core/src/table',
  'packages/core/src/anti-entropy',
  'packages/core/src/rumors',
]
const chosen = (folders.length > 0 ? folders : defaultFolders).map(folder => folder.replace(/\/$/, ''))
const mutate = chosen.map(folder => (folder.endsWith('.ts') ? folder : `${folder}/**/*.ts`))
process.env['MUTATION_TESTS'] = chosen
  .map(folder => folder.replace(/\/[^/]+\.ts$/, '').replace('/src', '/test'))
  .join()

await new Stryker({
  // Generated code is not ours to test.
  mutate: [...mutate, '!**/*messages.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['progress', 'clear-text', 'json'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  tempDirName: '.stryker',
  inPlace: false,
  concurrency: 2,
}).runMutationTest()
