/** The built package imports exactly the packages in its `dependencies`. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

it('depends on exactly the packages that it imports', () => {
  const code = read('dist/index.js') + read('dist/index.d.ts')
  const imported = [...code.matchAll(/^import .*?['"]((?:@[^/'"]+\/)?[^/'"]+)/gm)].map(([, name]) => name)
  const { dependencies } = JSON.parse(read('package.json'))
  expect([...new Set(imported)].sort()).toEqual(Object.keys(dependencies).sort())
})

it('contains the licences of the bundled packages', () => {
  const licenses = read('dist/licenses.txt')
  expect(licenses).toContain('@libp2p/webrtc')
  expect(licenses).not.toContain('has no licence file')
})
