/** Secret file: a file with a secret, a ticket or the key of an authority. No message contains the file's content. */
import { readFileSync, writeFileSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'

/** Our choice: the largest ticket has 10,929 characters, and UTF-16 takes two bytes for each. */
const maxBytes = 65_536

/** @param file a path, or `-` for the standard input. @throws {UsageError} the file cannot be read, or is no text, or too large */
export async function firstLine(option: string, file: string): Promise<string> {
  return (await secretText(option, file)).split(/\r?\n/, 1)[0] ?? ''
}

/** The whole text of the file. @throws {UsageError} as `firstLine` */
export async function secretText(option: string, file: string): Promise<string> {
  const bytes = await read(option, file)
  if (bytes.length > maxBytes) throw new UsageError(`${option}: ${file} is too large for a secret`)
  return textOf(option, file, bytes)
}

/**
 * Writes a file that only its user can read. A file that exists is never overwritten.
 *
 * @throws {UsageError} the file exists, or cannot be written
 */
export function writeNewFile(option: string, file: string, line: string): void {
  try {
    writeFileSync(file, `${line}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new UsageError(`${file} exists and is not overwritten. Choose another file with ${option}`)
    throw new UsageError(`${option}: ${file} cannot be written: ${message}`)
  }
}

async function read(option: string, file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await standardInput() : readFileSync(file)
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${(error as Error).message}`)
  }
}

/** Not `readFileSync`: while it waits for the other end of a pipe, the process reacts to no signal. */
async function standardInput(): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of process.stdin) {
    parts.push(part)
    bytes += part.length
    if (bytes > maxBytes) break
  }
  return Buffer.concat(parts)
}

/**
 * The text without a byte order mark, which editors and shells of Windows put in front. Bytes that are no text are refused: they
 * would all become the same character, and a line break among them would cut the secret.
 */
function textOf(option: string, file: string, bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(
      `${option}: ${file} is not a text file. Write text into it, such as the output of 'openssl rand -base64 32'`,
    )
  }
}
