import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { describe, expect, it } from 'vitest'
import { keyFromMemberId, memberIdFromKey } from '../../src/wire/member-id.ts'
import { bytes } from './codec-arbitraries.ts'

describe('a member id', () => {
  it('contains the key of the member', () => {
    fc.assert(
      fc.property(bytes(32), key => {
        expect(keyFromMemberId(memberIdFromKey(key) ?? '')).toEqual(key)
      }),
    )
  })

  it('is the PeerId that libp2p derives from the key', () => {
    fc.assert(
      fc.property(bytes(32), key => {
        expect(memberIdFromKey(key)).toBe(publicKeyFromRaw(key).toString())
      }),
    )
  })

  it.each([0, 31, 33])('exists for no key of %i bytes', length => {
    expect(memberIdFromKey(new Uint8Array(length))).toBeUndefined()
  })

  it('begins with the prefix of Ed25519 PeerIds', () => {
    const id = fromString(memberIdFromKey(new Uint8Array(32)) ?? '', 'base58btc')
    for (const at of [0, 1, 2, 3, 4, 5]) {
      const other = id.slice()
      other[at] = 0x33
      expect(keyFromMemberId(toText(other, 'base58btc'))).toBeUndefined()
    }
  })

  it('ends with the key', () => {
    const id = fromString(memberIdFromKey(new Uint8Array(32)) ?? '', 'base58btc')
    for (const other of [id.subarray(0, -1), Uint8Array.from([...id, 0])])
      expect(keyFromMemberId(toText(other, 'base58btc'))).toBeUndefined()
  })

  it.each<[string, string]>([
    ['an empty text', ''],
    ['a text that is not base58', '12D3KooW0OIl'],
    ['the PeerId of an RSA key', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'],
    ['a PeerId without its last characters', memberIdFromKey(new Uint8Array(32))?.slice(0, -3) ?? ''],
  ])('is not %s', (_, text) => {
    expect(keyFromMemberId(text)).toBeUndefined()
  })
})
