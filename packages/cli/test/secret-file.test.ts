/** Secret files: as editors and shells of all systems write them, and the standard input. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstLine } from '../src/member/secret-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'
const secret = 'a secret of sixteen or more characters'

function fileWith(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'secret')
  writeFileSync(file, content)
  return file
}

describe('the first line of a file', () => {
  it.each<[string, string | Uint8Array]>([
    ['without a line break', secret],
    ['of Windows', `${secret}\r\nthe second line\r\n`],
    ['with a byte order mark', `\uFEFF${secret}\n`],
    ['in UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${secret}\r\n`, 'utf16le')],
  ])('is read %s', async (_, content) => {
    expect(await firstLine('--secret-file', fileWith(content))).toBe(secret)
  })

  it('is refused if it is no text', async () => {
    const file = fileWith(Uint8Array.from({ length: 32 }, (_, i) => 128 + 2 * i))
    await expect(firstLine('--secret-file', file)).rejects.toThrow(
      /^--secret-file: .* is not a text file\. .*openssl rand -base64 32'$/,
    )
  })

  it('is refused if the file is too large', async () => {
    const file = fileWith('a'.repeat(65_537))
    await expect(firstLine('--secret-file', file)).rejects.toThrow(/is too large for a secret$/)
  })
})

describe('the standard input', () => {
  /** Reads it in a process of its own, and prints when it has begun and what it has read. */
  const program = `
    import { firstLine } from '${new URL('../src/member/secret-file.ts', import.meta.url).href}'
    process.on('SIGINT', () => process.exit(7))
    const line = firstLine('--secret-file', '-')
    console.log('reading')
    console.log(await line)`
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
    await once(child.stdout, 'data')
    return child
  }

  it('is read until it ends', async () => {
    const child = await start()
    child.stdin.write(secret.slice(0, 5))
    child.stdin.end(`${secret.slice(5)}\n`)
    expect(String(await once(child.stdout, 'data'))).toBe(`${secret}\n`)
  })

  it.skipIf(onWindows)('can be interrupted while it does not end', async () => {
    const child = await start()
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([7, null])
  })
})
