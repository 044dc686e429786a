/** Secret files: as editors and shells of all systems write them, and the standard input. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { firstLine, type SecretContent } from '../src/member/secret-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'
const secret = 'a secret of sixteen or more characters'

function fileWith(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'secret')
  writeFileSync(file, content)
  return file
}

/** Reads the file in a process of its own, which prints when it has begun and what it has read. */
async function start(file: string): Promise<ChildProcessWithoutNullStreams> {
  const program = `
    import { firstLine } from '${new URL('../src/member/secret-file.ts', import.meta.url).href}'
    process.on('SIGINT', () => process.exit(7))
    const line = firstLine('--secret-file', process.argv[1], 'secret')
    console.log('reading')
    console.log(await line)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, '--', file])
  await once(child.stdout, 'data')
  return child
}

describe('the first line of a file', () => {
  it.each<[string, string | Uint8Array]>([
    ['without a line break', secret],
    ['of Windows', `${secret}\r\nthe second line\r\n`],
    ['with a byte order mark', `\uFEFF${secret}\n`],
    ['in UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${secret}\r\n`, 'utf16le')],
  ])('is read %s', async (_, content) => {
    expect(await firstLine('--secret-file', fileWith(content), 'secret')).toBe(secret)
  })

  it('is refused if it is no text', async () => {
    const file = fileWith(Uint8Array.from({ length: 32 }, (_, i) => 128 + 2 * i))
    await expect(firstLine('--secret-file', file, 'secret')).rejects.toThrow(
      /^--secret-file: .* is not a text file\. .*openssl rand -base64 32'$/,
    )
  })

  it.each<[SecretContent, RegExp]>([
    ['secret', /openssl rand -base64 32'$/],
    ['ticket', /^--a-file: .* Give a file with a ticket, as 'hearsay invite' prints it$/],
    ['authority', /Give the file that 'hearsay found' has written$/],
  ])('is refused if the file is too large for a %s, no text, or empty', async (content, message) => {
    for (const file of [fileWith('a'.repeat(65_537)), fileWith(Uint8Array.of(255)), fileWith('\n')])
      await expect(firstLine('--a-file', file, content)).rejects.toThrow(message)
  })

  it.skipIf(onWindows).each<[SecretContent, number, number]>([
    ['authority', 0o644, 1],
    ['authority', 0o640, 1],
    ['authority', 0o600, 0],
    ['secret', 0o644, 0],
  ])('of a %s with mode %o is read with %d warnings', async (content, mode, warnings) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const file = fileWith(secret)
    chmodSync(file, mode)
    expect(await firstLine('--a-file', file, content)).toBe(secret)
    expect(error).toHaveBeenCalledTimes(warnings)
    if (warnings > 0) expect(error.mock.lastCall?.[0]).toContain(`${file} (mode 0${mode.toString(8)})`)
    error.mockRestore()
  })

  it.skipIf(onWindows)('is refused at the limit of a file that does not end', async () => {
    await expect(firstLine('--secret-file', '/dev/zero', 'secret')).rejects.toThrow(/has more than 64 KiB/)
  })
})

describe.skipIf(onWindows)('a named pipe', () => {
  const namedPipe = () => {
    const file = join(temporaryFolder(), 'pipe')
    execFileSync('mkfifo', [file])
    return file
  }

  it('is read until the writer closes it', async () => {
    const file = namedPipe()
    const line = firstLine('--secret-file', file, 'secret')
    await writeFile(file, `${secret}\n`)
    expect(await line).toBe(secret)
  })

  it('can be interrupted while nobody writes to it', async () => {
    const child = await start(namedPipe())
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([7, null])
  })
})

describe('the standard input', () => {
  it('is read until it ends', async () => {
    const child = await start('-')
    child.stdin.write(secret.slice(0, 5))
    child.stdin.end(`${secret.slice(5)}\n`)
    expect(String(await once(child.stdout, 'data'))).toBe(`${secret}\n`)
  })

  it.skipIf(onWindows)('can be interrupted while it does not end', async () => {
    const child = await start('-')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([7, null])
  })
})

it.skipIf(onWindows)('a file that cannot be written is not left behind empty', () => {
  const file = join(temporaryFolder(), 'key')
  const program = `
    import { writeNewFile } from '${new URL('../src/member/secret-file.ts', import.meta.url).href}'
    try { writeNewFile('--out', process.argv[1], 'the key') } catch (error) { console.log(error.message) }`
  const args = ['--input-type=module', '--eval', program, '--', file]
  // No file may contain a byte, as on a full disk.
  const output = execFileSync('sh', ['-c', 'ulimit -f 0; exec "$@" | cat', 'sh', process.execPath, ...args])
  expect(String(output)).toMatch(/cannot be written: EFBIG/)
  expect(existsSync(file)).toBe(false)
})
