/** What the READMEs show is what runs: snippets compile, and the first one is the first example. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const snippetsOf = (readme: string) =>
  [...read(readme).matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, type = '', code = '']) => ({ type, code }))

const readmes = [
  'README.md',
  'packages/core/README.md',
  'packages/react/README.md',
  'packages/simulator/README.md',
]
const pages = [
  ...readmes,
  'docs/protocol.md',
  'docs/simulation.md',
  'docs/adr/README.md',
  'examples/first-cluster/README.md',
  'examples/presence-cli/README.md',
  'examples/shared-config/README.md',
]

describe('the READMEs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-readmes-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('have snippets that compile', () => {
    const core = join(root, 'packages/core')
    const react = join(root, 'packages/react')
    const tsconfig = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        lib: ['ES2023', 'ES2024.String', 'DOM'],
        types: ['node'],
        jsx: 'react-jsx',
        noEmit: true,
        // A snippet may end where the reader goes on.
        noUnusedLocals: false,
        allowImportingTsExtensions: true,
        moduleDetection: 'force',
        paths: {
          '@hearsay/core': [join(core, 'src/index.ts')],
          '@hearsay/core/host': [join(core, 'src/host.ts')],
          '@hearsay/react': [join(react, 'src/index.ts')],
          '@hearsay/react/suspense': [join(react, 'src/suspense.ts')],
          react: [join(react, 'node_modules/@types/react/index.d.ts')],
          'react/*': [join(react, 'node_modules/@types/react/*.d.ts')],
          '@hearsay/simulator': [join(root, 'packages/simulator/src/index.ts')],
        },
      },
      include: ['*.ts', '*.tsx'],
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    // What a snippet imports beside hearsay is what core itself is built on.
    symlinkSync(join(core, 'node_modules'), join(folder, 'node_modules'))
    for (const [index, { type, code }] of readmes.flatMap(snippetsOf).entries())
      writeFileSync(join(folder, `snippet-${index}.${type}`), code)
    const require = createRequire(import.meta.url)
    const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc')
    expect(spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('begin with the first example, word for word', () => {
    expect(snippetsOf('README.md')[0]?.code).toBe(read('examples/first-cluster/main.ts'))
  })

  it.each(pages)('%s links to files that are there', page => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(match => match[1] ?? '')
    const missing = links.filter(
      link => !/^https?:/.test(link) && !existsSync(join(root, dirname(page), link)),
    )
    expect(missing).toEqual([])
  })
})
