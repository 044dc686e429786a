/** Every export of a published entry point has a docstring, and so has every member of an exported type. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API } from 'typescript/unstable/sync'
import { afterAll, expect, it } from 'vitest'
import { withoutDocstring } from './helpers/docstrings.ts'

const packages = fileURLToPath(new URL('../packages', import.meta.url))
const api = new API()

afterAll(() => api.close())

/**
 * `@hearsay/core/host` is not in this list: it exports internals of core for the simulator. Comments in core explain
 * them to its maintainers.
 */
it.each([
  ['core', 'index.ts'],
  ['core', 'browser.ts'],
  ['failure-detector', 'index.ts'],
  ['port', 'index.ts'],
  ['port', 'node.ts'],
  ['react', 'index.ts'],
  ['react', 'suspense.ts'],
  ['simulator', 'index.ts'],
  ['webrtc', 'index.ts'],
])('%s/src/%s', (name, entry) => {
  const folder = join(packages, name)
  const undocumented = withoutDocstring(api, join(folder, 'tsconfig.build.json'), join(folder, 'src', entry))
  expect(undocumented).toEqual([])
})
