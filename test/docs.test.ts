/** Pages for people point to files that exist: their links, and the source files that they name. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (page: string) => readFileSync(join(root, page), 'utf8')
const pages = globSync('{*.md,docs/**/*.md,packages/*/README.md,examples/*/README.md}', { cwd: root }).sort()

const missing = (paths: readonly string[], folders: readonly string[]) =>
  paths.filter(path => !folders.some(folder => existsSync(join(root, folder, path))))

it.each(pages)('%s links to files that exist', page => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(match => match[1] ?? '')
  expect(missing(links.filter(link => !/^https?:/.test(link)), [dirname(page)])).toEqual([])
})

it.each(['docs/architecture.md', 'docs/algorithm.md', 'docs/glossary.md', 'docs/scenarios.md'])(
  '%s names source files that exist',
  page => {
    const paths = [...read(page).matchAll(/`([\w@./-]+\.(?:ts|tsx|proto))`/g)].map(match => match[1] ?? '')
    expect(paths).not.toEqual([])
    expect(missing(paths, ['', 'packages', 'packages/core/src', 'packages/failure-detector/src'])).toEqual([])
  },
)
