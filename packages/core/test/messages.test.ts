import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const wire = fileURLToPath(new URL('../src/wire/', import.meta.url))
const protons = fileURLToPath(new URL('../node_modules/.bin/protons', import.meta.url))

it('messages.ts is what protons makes of messages.proto', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-messages-'))
  try {
    copyFileSync(join(wire, 'messages.proto'), join(folder, 'messages.proto'))
    execFileSync(protons, [join(folder, 'messages.proto')])
    const [head, ...rest] = readFileSync(join(wire, 'messages.ts'), 'utf8').split('\n')
    expect(head).toMatch(/^\/\/ @ts-nocheck/)
    expect(rest.join('\n')).toBe(readFileSync(join(folder, 'messages.ts'), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
