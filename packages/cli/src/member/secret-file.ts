/** Secret file: a file with a secret, a ticket or the key of an authority. No message contains the file's content. */
import { constants, createReadStream, fstatSync, openSync, rmSync, type Stats, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { openMode } from '@hearsay/core/node'
import { printError } from '../terminal/output.ts'
import { readSome } from '../terminal/read-some.ts'
import { UsageError } from '../usage-error.ts'

/** What the file should contain. */
export type SecretContent = 'secret' | 'ticket' | 'authority'

/** Our choice: the largest ticket has 10,929 characters, and UTF-16 takes two bytes for each. */
const maxBytes = 65_536

const advice: Readonly<Record<SecretContent, string>> = {
  secret: "Write text into it, such as the output of 'openssl rand -base64 32'",
  ticket: "Give a file with a ticket, as 'hearsay invite' prints it",
  authority: "Give the file that 'hearsay found' has written",
}

/**
 * The first line of the file.
 *
 * @param option the option or the command that names the file: the message begins with it
 * @param file a path, or `-` for the standard input
 * @throws {UsageError} the file cannot be read, or is empty, no text, or too large
 */
export async function firstLine(option: string, file: string, content: SecretContent): Promise<string> {
  return (await secretText(option, file, content)).split(/\r?\n/, 1)[0] ?? ''
}

/** The whole text of the file. @throws {UsageError} as `firstLine` */
export async function secretText(option: string, file: string, content: SecretContent): Promise<string> {
  const bytes = await read(option, file, content)
  if (bytes.length > maxBytes)
    throw new UsageError(`${option}: ${file} has more than 64 KiB. ${advice[content]}`)
  const text = textOf(bytes)
  if (text === undefined) throw new UsageError(`${option}: ${file} is not a text file. ${advice[content]}`)
  if (text.trim() === '') throw new UsageError(`${option}: ${file} is empty. ${advice[content]}`)
  return text
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
    // A full disk leaves an empty file, which the next attempt would not overwrite.
    rmSync(file, { force: true })
    throw new UsageError(`${option}: ${file} cannot be written: ${message}`)
  }
}

async function read(option: string, file: string, content: SecretContent): Promise<Uint8Array> {
  try {
    return await readSome(file === '-' ? process.stdin : openFile(file, content), maxBytes)
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${(error as Error).message}`)
  }
}

/** While Node opens or reads a named pipe like a file, and waits for its other end, the process reacts to no signal. */
function openFile(file: string, content: SecretContent): AsyncIterable<Uint8Array> {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const found = fstatSync(fd)
  if (content === 'authority') warnIfOpen(file, found)
  if (found.isFIFO()) return new Socket({ fd, readable: true, writable: false })
  return createReadStream('', { fd })
}

/** Warns if other users can read the key of an authority, which admits anybody to the cluster. */
function warnIfOpen(file: string, found: Stats): void {
  const mode = openMode(found)
  if (mode === undefined || !found.isFile()) return
  printError(
    `other users of this machine can read the key of the authority in ${file} (mode ${mode}). Run 'chmod 600' on it`,
  )
}

/**
 * The text without a byte order mark, which editors and shells of Windows put in front. Bytes that are no text are refused: they
 * would all become the same character, and a line break among them would cut the secret.
 *
 * @returns undefined: the bytes are no text
 */
function textOf(bytes: Uint8Array): string | undefined {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
