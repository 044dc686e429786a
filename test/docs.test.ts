/** Pages for people point to files and headings that exist: their links, and the source files and tests that they name. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (page: string) => readFileSync(join(root, page), 'utf8')
const missing = (paths: readonly string[]) => paths.filter(path => !existsSync(join(root, path)))
const found = (page: string, pattern: RegExp) =>
  [...read(page).matchAll(pattern)].map(([, ...groups]) => groups)

const pages = globSync('{*.md,docs/**/*.md,packages/*/README.md,examples/*/README.md}', { cwd: root }).sort()

it.each(pages)('%s links to files that exist', page => {
  const links = found(page, /\]\(([^)#]+)[^)]*\)/g).map(([link = '']) => link)
  expect(
    missing(links.filter(link => !/^https?:/.test(link)).map(link => join(dirname(page), link))),
  ).toEqual([])
})

const withoutCode = (page: string) => read(page).replace(/^```.*?^```/gms, '')

/** The anchors of a page's headings, as GitHub and npm make them. */
function anchorsOf(page: string): Set<string> {
  const known = anchors.get(page)
  if (known) return known
  const headings = [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  anchors.set(page, new Set(headings))
  return anchorsOf(page)
}
const anchors = new Map<string, Set<string>>()

it.each(pages)('%s links to headings that exist', page => {
  const links = [...withoutCode(page).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)]
  const broken = links.filter(([, path = '', anchor = '']) => {
    const target = path === '' ? page : join(dirname(page), path)
    return !/^https?:/.test(path) && target.endsWith('.md') && !anchorsOf(target).has(anchor)
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

it('docs/architecture.md names source files that exist', () => {
  const paths = found('docs/architecture.md', /`([\w-]+\/[\w/.-]+\.(?:tsx?|proto))`/g).flat()
  expect(paths.length).toBeGreaterThan(50)
  expect(missing(paths.map(path => (path.startsWith('test/') ? path : `packages/${path}`)))).toEqual([])
})

it('the lint step forbids each import that the layers in docs/architecture.md forbid', () => {
  const layers = found('docs/architecture.md', /^\| (\d+) \| `([\w-]+)\/` \|/gm).map(
    ([layer, folder = '']) => ({ layer: Number(layer), folder }),
  )
  const { overrides } = JSON.parse(read('packages/core/biome.json'))
  const forbidden = Object.fromEntries(
    overrides.map(({ includes, linter }: { includes: string[]; linter: object }) => [
      includes.join(),
      JSON.stringify(linter)
        .match(/\}\{?([\w,-]+)\}?\/\*\*/)?.[1]
        ?.split(','),
    ]),
  )
  expect(layers.length).toBeGreaterThan(15)
  for (const { layer, folder } of layers.slice(0, -1)) {
    const others = layers.filter(other => other.layer >= layer && other.folder !== folder)
    expect(forbidden[`src/${folder}/**`], folder).toEqual(others.map(other => other.folder))
  }
})

it('docs/glossary.md names source files that exist', () => {
  const names = found('docs/glossary.md', /`(core|detector|simulator|react|port|cli)\/([\w/.-]+\.tsx?)`/g)
  expect(names.length).toBeGreaterThan(50)
  const paths = names.map(
    ([name = '', path]) => `packages/${name.replace('detector', 'failure-detector')}/src/${path}`,
  )
  expect(missing(paths)).toEqual([])
})

/** The prefixes of docs/scenarios.md. */
const testFolders = new Map([
  ['sim', 'packages/simulator/test/scenarios'],
  ['fd', 'packages/failure-detector/test'],
  ['core', 'packages/core/test'],
])

it('docs/scenarios.md names tests that exist', () => {
  const names = found('docs/scenarios.md', /`(sim|fd|core):([\w/-]+)`/g)
  expect(names.length).toBeGreaterThan(50)
  expect(missing(names.map(([prefix = '', name]) => `${testFolders.get(prefix)}/${name}.test.ts`))).toEqual(
    [],
  )
})

it('docs/scenarios.md names every test that cites a scenario', () => {
  const unnamed = [...testFolders].flatMap(([prefix, folder]) =>
    globSync(`${folder}/**/*.test.ts`, { cwd: root }).flatMap(path => {
      const name = `\`${prefix}:${relative(folder, path).replace(/\.test\.ts$/, '')}\``
      return found(path, /scenario (\d+)/g).flatMap(([number = '']) => {
        const row = read('docs/scenarios.md').match(new RegExp(`^\\| ${number} \\|.*$`, 'm'))?.[0] ?? ''
        return row.includes(name) ? [] : [`${number}: ${name}`]
      })
    }),
  )
  expect(unnamed).toEqual([])
})
