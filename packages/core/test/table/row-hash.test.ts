import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idOf, signedFact, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { noSuspicions, rowHash, suspicionSummary } from '../../src/table/row-hash.ts'
import type { SuspicionFact } from '../../src/table/suspicions.ts'

const key = new Uint8Array(32).fill(0xaa)
const [grace, bob] = [idOf('grace'), idOf('bob')]

/** The first 16 bytes of the sha256. */
function shortHash(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(hash('sha256', Buffer.concat(parts), 'buffer').subarray(0, 16))
}

/** A number as big-endian 64 bit. */
function uint64(number: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
  return bytes
}

function claim(observer: string, refused: boolean): SuspicionFact {
  return signedFact(observer, suspicionBody(idOf('ada'), 7, refused)) as SuspicionFact
}

describe('a row hash', () => {
  it('covers the key, the incarnation, the version and the suspicions', () => {
    const summary = new Uint8Array(16).fill(0xcc)
    const incarnation = 1_700_000_000_000
    expect(rowHash(key, incarnation, 300, summary)).toEqual(
      shortHash(key, uint64(incarnation), uint64(300), summary),
    )
    expect(rowHash(key, 5, 1, noSuspicions)).toEqual(shortHash(key, uint64(5), uint64(1)))
  })
})

describe('a summary of suspicions', () => {
  it('covers the incarnation, and each observer with the kind of its claim', () => {
    expect(suspicionSummary({ incarnation: 7, claims: [claim(bob, false), claim(grace, true)] })).toEqual(
      shortHash(uint64(7), Uint8Array.of(0), Buffer.from(bob), Uint8Array.of(1), Buffer.from(grace)),
    )
  })

  it('is empty without suspicions', () => {
    expect(suspicionSummary(undefined)).toHaveLength(0)
  })
})
