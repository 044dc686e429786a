import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { browserKeys } from '../../src/libp2p/browser/keys.ts'
import { nodeKeys } from '../../src/libp2p/node/keys.ts'

describe('keys in a browser', () => {
  const bytes = new TextEncoder().encode('signed')

  it('sign synchronously, with the same result as in Node', async () => {
    const key = await generateKeyPair('Ed25519')
    expect(browserKeys(key).sign(bytes)).toEqual(new Uint8Array(nodeKeys(key).sign(bytes) as Uint8Array))
  })

  it('verify signatures of both, and nothing else', async () => {
    const key = await generateKeyPair('Ed25519')
    const id = peerIdFromPrivateKey(key).toString()
    const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    const keys = browserKeys(key)
    const signature = nodeKeys(key).sign(bytes) as Uint8Array
    expect(await keys.verify(id, bytes, signature)).toBe(true)
    expect(await keys.verify(id, bytes.toReversed(), signature)).toBe(false)
    expect(await keys.verify(other, bytes, signature)).toBe(false)
    expect(await keys.verify('no member', bytes, signature)).toBe(false)
    expect(await keys.verify(id, bytes, signature.subarray(1))).toBe(false)
  })
})
