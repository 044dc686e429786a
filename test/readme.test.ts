/** The READMEs' snippets compile, and the first snippet is the first example. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Snippet {
  readonly type: string
  readonly code: string
}

const snippetsOf = (readme: string): Snippet[] =>
  [...read(readme).matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, type = '', code = '']) => ({ type, code }))

const readmes = [
  'README.md',
  'packages/core/README.md',
  'packages/electron/README.md',
  'packages/react/README.md',
  'packages/port/README.md',
  'packages/simulator/README.md',
  'packages/tabs/README.md',
  'packages/webrtc/README.md',
]
const tscPath = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')

describe('the READMEs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-readmes-'))
  beforeAll(() => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    // A snippet may import hearsay and the packages that hearsay is built and tested with.
    for (const name of ['core', 'electron', 'port', 'react', 'simulator', 'tabs', 'webrtc'])
      install(join(root, 'packages', name))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Links the package and its dependencies into the folder of the snippets. */
  function install(path: string): void {
    link(path, `@hearsay/${basename(path)}`)
    for (const name of readdirSync(join(path, 'node_modules'))) {
      if (name.startsWith('.') || name === '@hearsay') continue
      const inScope = name.startsWith('@') ? readdirSync(join(path, 'node_modules', name)) : undefined
      for (const full of inScope?.map(each => `${name}/${each}`) ?? [name])
        link(join(path, 'node_modules', full), full)
    }
  }

  function link(target: string, name: string): void {
    const place = join(folder, 'node_modules', name)
    if (existsSync(place)) return
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(target, place)
  }

  /** A snippet that references Node's types would add them to the others, too: each kind is compiled separately. */
  const namesNode = ({ code }: Snippet) => code.startsWith('/// <reference types="node" />')
  const snippets = readmes.flatMap(snippetsOf)

  it.each([
    ['in any program', snippets.filter(each => !namesNode(each))],
    ['in Node', snippets.filter(namesNode)],
  ])('contain snippets that compile as printed, with the options of tsc --init: %s', (kind, some) => {
    const cwd = join(folder, kind)
    mkdirSync(cwd)
    for (const [index, { type, code }] of some.entries())
      writeFileSync(join(cwd, `snippet-${index}.${type}`), code)
    const tsc = (option: string) => spawnSync(process.execPath, [tscPath, option], { cwd, encoding: 'utf8' })
    expect(tsc('--init').status).toBe(0)
    expect(tsc('--noEmit').stdout).toBe('')
  })

  it('begin with the first example, word for word', () => {
    expect(snippetsOf('README.md')[0]?.code).toBe(read('examples/first-cluster/main.ts'))
  })
})
