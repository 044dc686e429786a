/** Quiet build: builds the packages that are named, and says something only if that fails. */
import { runStep } from './check/step.ts'

const filters = process.argv.slice(2).map(name => `--filter=${name}`)
const command = ['turbo', 'run', 'build', '--output-logs=errors-only', ...filters] as const
const result = await runStep({ title: 'build', command }, () => {})
if (!result.ok) {
  console.error(result.output)
  process.exitCode = 1
}
