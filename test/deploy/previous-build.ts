/** Previous build: `@hearsay/core` of an earlier commit, built with the packages that this machine has. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { x } from 'tinyexec'

/**
 * The build that members of this version must speak with. There is no release yet: it is the first commit with version 2 of
 * the protocol. After a release, name the tag of the last one.
 */
const commit = 'f92ff2aec659'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'node_modules/.cache/hearsay-previous', commit)

export interface PreviousBuild {
  /** The file to import `joinCluster` from. Undefined: it cannot be built here. */
  readonly entry?: string
  readonly reason?: string
}

/** Builds it once; later calls use the result. Uses no network. */
export async function previousBuild(): Promise<PreviousBuild> {
  const entry = join(folder, 'packages/core/dist/index.js')
  if (existsSync(entry)) return { entry }
  const unfinished = `${folder}-${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  try {
    const files = 'package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json licenses.ts packages'
    for (const command of [
      `git -C '${root}' archive ${commit} ${files} | tar x`,
      "pnpm install --offline --frozen-lockfile --filter '@hearsay/core...'",
      "pnpm --filter '@hearsay/core...' run build",
    ]) {
      const options = { cwd: unfinished }
      const { exitCode, stdout, stderr } = await x('bash', ['-o', 'pipefail', '-c', command], {
        nodeOptions: options,
      })
      if (exitCode !== 0)
        return { reason: `${command}: ${`${stdout}${stderr}`.trim().split('\n').slice(-3).join(' ')}` }
    }
    renameSync(unfinished, folder)
    return { entry }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}
