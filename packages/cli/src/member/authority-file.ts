/** Authority file: the private key of a cluster's authority, as `hearsay found` writes it. No message contains the key. */
import { UsageError } from '../usage-error.ts'
import { firstLine, writeNewFile } from './secret-file.ts'

export interface AuthorityFile {
  readonly cluster: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

const keyBytes = 32
const option = '--authority-file'

/** @param id the public key, for people. @throws {UsageError} the file exists, or cannot be written */
export function writeAuthority(file: string, { cluster, key }: AuthorityFile, id: string): void {
  const line = { hearsay: 'authority', cluster, id, key: Buffer.from(key).toString('base64url') }
  writeNewFile('--out', file, JSON.stringify(line))
}

/** @throws {UsageError} the file cannot be read, or `hearsay found` did not write it */
export async function readAuthority(file: string): Promise<AuthorityFile> {
  const { hearsay, cluster, key } = fieldsOf(await firstLine(option, file, 'authority'))
  const bytes = Buffer.from(String(key), 'base64url')
  if (hearsay !== 'authority' || typeof cluster !== 'string' || bytes.length !== keyBytes)
    throw new UsageError(`${option}: ${file} is not a file that 'hearsay found' has written`)
  return { cluster, key: Uint8Array.from(bytes) }
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {}
  }
}
