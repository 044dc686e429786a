/** Secret file: a file with a secret, a ticket or the key of an authority. No message contains the file's content. */
import { readFileSync, writeFileSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'

/** Our choice: the largest ticket has 10,929 characters. */
const maxBytes = 65_536

/** @param file a path, or `-` for the standard input. @throws {UsageError} the file cannot be read, or is far too large */
export function firstLine(option: string, file: string): string {
  return secretText(option, file).split(/\r?\n/, 1)[0] ?? ''
}

/** The whole text of the file. @throws {UsageError} as `firstLine` */
export function secretText(option: string, file: string): string {
  const text = read(option, file)
  if (text.length > maxBytes) throw new UsageError(`${option}: ${file} is too large for a secret`)
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
    throw new UsageError(`${option}: ${file} cannot be written: ${message}`)
  }
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${(error as Error).message}`)
  }
}
