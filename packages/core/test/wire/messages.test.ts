import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const wire = fileURLToPath(new URL('../../src/wire/', import.meta.url))
const protons = fileURLToPath(new URL('../../node_modules/.bin/protons', import.meta.url))
const trim = fileURLToPath(new URL('../../scripts/trim-generated.ts', import.meta.url))

it.each(['messages', 'space-messages'])('%s.ts equals the code that is generated from its .proto', name => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-messages-'))
  try {
    const generated = join(folder, `${name}.ts`)
    copyFileSync(join(wire, `${name}.proto`), join(folder, `${name}.proto`))
    execFileSync(protons, [join(folder, `${name}.proto`)])
    execFileSync(process.execPath, [trim, generated])
    expect(readFileSync(join(wire, `${name}.ts`), 'utf8')).toBe(readFileSync(generated, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
