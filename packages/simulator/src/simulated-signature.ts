/** A simulated signature: 64 bytes that cost a microsecond and that anybody can compute. */
import { hash } from 'node:crypto'

export function signatureOf(author: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha512', Buffer.concat([Buffer.from(author), bytes]), 'buffer'))
}
