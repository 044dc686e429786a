/** Prometheus: the version that is installed, if any. `apt-get install prometheus` installs Prometheus and promtool. */
import { execFileSync } from 'node:child_process'

export const promtool = 'promtool'

/** Why there is no Prometheus; undefined if there is one. */
export function whyNoPrometheus(): string | undefined {
  try {
    for (const program of ['prometheus', promtool]) execFileSync(program, ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'they need prometheus and promtool (Debian: apt-get install prometheus)'
  }
}
