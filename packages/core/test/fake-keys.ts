/** Fake keys: signatures that cost a microsecond and that anybody could forge, for members of a simulation. */
import { hash } from 'node:crypto'
import type { Signer, Verifier } from '../src/wire/signing.ts'

export function fakeKeys(self: string): Signer & Verifier {
  return {
    sign: bytes => signature(self, bytes),
    verify: (author, bytes, signed) => Buffer.compare(signature(author, bytes), signed) === 0,
  }
}

function signature(author: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha512', Buffer.concat([Buffer.from(author), bytes]), 'buffer'))
}
