/**
 * Check: runs every check that a change must pass, one after the other, and then the tests.
 *
 * A step that passes prints one line; the output of a step that fails is printed at the end. The last line is
 * `N passed, N failed`: the tests, and one more failure for each failed step. Arguments are passed to vitest.
 */
import { Listr, type ListrTask, PRESET_TIMER } from 'listr2'
import { runStep, type Step } from './check/step.ts'
import { readTestCounts, testSteps } from './check/tests.ts'
import { whyNoProxy } from './deploy/proxy.ts'
import { findElectron, whyNoElectron } from './electron/binary.ts'
import { whyNoNetworks } from './networks/network.ts'

const steps: readonly Step[] = [
  { title: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] },
  { title: 'lint', command: ['biome', 'check', '.'] },
  { title: 'types', command: ['turbo', 'run', 'typecheck', '--output-logs=errors-only'], needsBuild: true },
  { title: 'packages, as published', command: ['node', 'test/check/packed.ts'], needsBuild: true },
  { title: 'sizes', command: ['size-limit'], needsBuild: true },
  { title: 'unused code and dependencies', command: ['knip', '--no-progress'] },
  ...(process.env['HEARSAY_SKIP_BROWSER'] === '1'
    ? []
    : [{ title: 'a browser for the tests', command: ['node', 'test/check/browser.ts'] } satisfies Step]),
]
const tests = testSteps(process.argv.slice(2))

const failures = new Map<string, string>()

const taskOf = (step: Step): ListrTask => ({
  title: step.title,
  skip: () => step.needsBuild === true && failures.has('build') && 'the build failed',
  task: async (_, task) => {
    const result = await runStep(step, line => {
      if (process.stdout.isTTY || step.progress?.test(line)) task.output = line
    })
    if (result.ok) return
    failures.set(step.title, result.output)
    throw new Error('its output is below')
  },
})

await new Listr(
  [
    ...[...steps, tests.alone].map(taskOf),
    {
      title: 'tests',
      task: (_, task) =>
        task.newListr(tests.besideEachOther.map(taskOf), { concurrent: true, exitOnError: false }),
    },
  ],
  {
    exitOnError: false,
    rendererOptions: { timer: PRESET_TIMER, collapseSkips: false, showErrorMessage: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  },
).run()

if (process.env['HEARSAY_SKIP_BROWSER'] === '1') console.log('\nLeft out, as asked: the tests in a browser.')
const noNetworks = whyNoNetworks()
if (noNetworks !== undefined) console.log(`\nLEFT OUT: the tests on real networks: ${noNetworks}.`)
for (const name of ['nginx', 'caddy'] as const) {
  const noProxy = whyNoProxy(name)
  if (noProxy !== undefined) console.log(`\nLEFT OUT: the tests of a relay behind ${name}: ${noProxy}.`)
}
if ((await findElectron()) === undefined) console.log(`\nLEFT OUT: the tests in Electron: ${whyNoElectron}.`)
for (const [title, output] of failures) console.log(`\n── ${title} ──\n${output.trimEnd()}`)

const counts = [tests.alone, ...tests.besideEachOther].map(({ title }) => ({
  title,
  ...readTestCounts(title),
}))
const passed = counts.reduce((sum, run) => sum + run.passed, 0)
const failedTests = counts.reduce((sum, run) => sum + run.failed, 0)
const nothingRan = passed + failedTests === 0
if (nothingRan) console.log('\nNo test ran: that counts as a failure.')
// If a run failed because tests failed, these tests are counted already, so the run does not count again.
const countedSteps = counts.filter(({ title, failed }) => failures.has(title) && failed > 0).length
const failed = failedTests + failures.size - countedSteps + (nothingRan && failures.size === 0 ? 1 : 0)
process.exitCode = failed === 0 ? 0 : 1
console.log(`\n${passed} passed, ${failed} failed`)
