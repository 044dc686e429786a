/**
 * Check: runs every check that a change must pass, one after the other.
 *
 * A step that passes prints one line; the output of a step that fails is printed at the end. The last line is
 * `N passed, N failed`: the tests, and one more failure for each failed step. Arguments are passed to vitest.
 */
import { Listr, PRESET_TIMER } from 'listr2'
import { runStep, type Step } from './check/step.ts'
import { readTestCounts, testCommand, testFileLine } from './check/tests.ts'
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
  { title: 'tests', command: testCommand(process.argv.slice(2)), needsBuild: true, progress: testFileLine },
]

const failures = new Map<string, string>()

await new Listr(
  steps.map(step => ({
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
  })),
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

const tests = readTestCounts()
if (tests.passed + tests.failed === 0) console.log('\nNo test ran: that counts as a failure.')
// If the step `tests` failed because tests failed, these tests are counted already, so the step does not count again.
const failedSteps = failures.size - (failures.has('tests') && tests.failed > 0 ? 1 : 0)
const nothingRan = tests.passed + tests.failed === 0 && !failures.has('tests') ? 1 : 0
const failed = tests.failed + failedSteps + nothingRan
process.exitCode = failed === 0 ? 0 : 1
console.log(`\n${tests.passed} passed, ${failed} failed`)
