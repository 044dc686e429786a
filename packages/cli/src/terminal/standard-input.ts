/** Standard input: a value that is piped into a command, in place of an argument `-`. */
import { UsageError } from '../usage-error.ts'
import { readSome } from './read-some.ts'

/** Our choice: more than a payload or a value of a config may have. Their own limits are checked later. */
const maxBytes = 1_048_576

/**
 * The whole standard input without its last newline.
 *
 * @throws {UsageError} it is too long, or no text
 */
export async function textFromInput(): Promise<string> {
  const bytes = await readSome(process.stdin, maxBytes)
  if (bytes.length > maxBytes) throw new UsageError('the standard input has more than 1 MiB')
  return textOf(bytes).replace(/\r?\n$/, '')
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(
      'the standard input is no text in UTF-8. Encode other data first, for instance with base64',
    )
  }
}
