/** Every export of a published entry point has a docstring, and so has every member of an exported type. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API } from 'typescript/unstable/sync'
import { afterAll, expect, it } from 'vitest'
import { withoutDocstring } from './helpers/docstrings.ts'

const packages = fileURLToPath(new URL('../packages', import.meta.url))
const read = (path: string) => readFileSync(join(packages, path), 'utf8')
const api = new API()

afterAll(() => api.close())

/** Entry points that are not checked. */
const unchecked = new Map([
  ['core/src/app.ts', 'internals of core for port, which comments explain to maintainers'],
  ['core/src/host.ts', 'internals of core for the simulator, which comments explain to maintainers'],
  ['electron/src/preload.ts', 'a script without exports'],
])

/** The source files of all entry points that packages publish. */
const entries = globSync('*/package.json', { cwd: packages }).flatMap(manifest => {
  const { exports = {}, private: isPrivate } = JSON.parse(read(manifest))
  if (isPrivate) return []
  const types = JSON.stringify(exports).matchAll(/"types":"\.\/dist\/([\w-]+)\.d\.c?ts"/g)
  return [...types].map(([, name]) => `${dirname(manifest)}/src/${name}.ts`)
})

/** Members of these interfaces are Electron's own, and Electron documents them. */
const ofElectron = [...read('electron/src/electron.ts').matchAll(/^export interface (\w+)/gm)].map(
  ([, name]) => `${name}.`,
)

it.each(entries.filter(entry => !unchecked.has(entry)).sort())('%s', entry => {
  const [name = ''] = entry.split('/')
  const project = join(packages, name, 'tsconfig.build.json')
  const undocumented = withoutDocstring(api, project, join(packages, entry))
  const isElectrons = (each: string) => name === 'electron' && ofElectron.some(of => each.startsWith(of))
  expect(undocumented.filter(each => !isElectrons(each))).toEqual([])
})

it('leaves out only entry points that exist', () => {
  expect(entries).toEqual(expect.arrayContaining([...unchecked.keys()]))
})
