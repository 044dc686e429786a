/** Quiet build: builds the given packages, and prints output only if the build fails. */
import { runStep } from './check/step.ts'

const filters = process.argv.slice(2).map(name => `--filter=${name}`)
const command = ['turbo', 'run', 'build', '--output-logs=errors-only', ...filters] as const
const result = await runStep({ title: 'build', command }, () => {})
if (!result.ok) {
  console.error(result.output)
  process.exitCode = 1
}
