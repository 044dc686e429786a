import { describe, expect, it } from 'vitest'
import { secretKey } from '../../src/wire/cluster-keys.ts'
import { keyringKey, openKeyring, sealKeyring } from '../../src/wire/keyring-fact.ts'
import { clusterTag } from '../../src/wire/tags.ts'

const cluster = clusterTag('atlas')
const keyOf = (secret: string) => keyringKey(secretKey('atlas', secret), 5)
const [old, next, other] = ['the first secret', 'the second secret', 'another secret'].map(keyOf)
if (!old || !next || !other) throw new Error('three keys')
const content = { keys: [next, old], removed: [other.fingerprint], topics: new Uint8Array(32).fill(3) }
let count = 0
const nonce = () => new Uint8Array(24).fill(++count)
const body = sealKeyring(cluster, 7, content, [next, old], nonce)

describe('a keyring fact', () => {
  it('opens with each of its keys, and with no other', () => {
    expect(openKeyring(cluster, body, [next])).toEqual(content)
    expect(openKeyring(cluster, body, [other, old])).toEqual(content)
    expect(openKeyring(cluster, body, [other])).toBeUndefined()
    expect(openKeyring(cluster, body, [])).toBeUndefined()
  })

  it('opens in its own cluster and version only', () => {
    expect(openKeyring(clusterTag('other'), body, [next])).toBeUndefined()
    expect(openKeyring(cluster, { ...body, version: 8 }, [next])).toBeUndefined()
  })

  it('does not open if a byte is changed, or cut off', () => {
    const [box = new Uint8Array()] = body.boxes
    for (let at = 0; at < box.length; at += 7) {
      const forged = box.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(openKeyring(cluster, { ...body, boxes: [forged, box.subarray(0, at)] }, [next])).toBeUndefined()
    }
  })

  it('contains no key and no secret in the clear, and uses no nonce twice', () => {
    const text = Buffer.concat(body.boxes).toString('hex')
    for (const { key, fingerprint } of [next, old, other]) {
      expect(text).not.toContain(Buffer.from(key).toString('hex'))
      expect(text).not.toContain(fingerprint)
    }
    expect(new Set(body.boxes.map(box => Buffer.from(box.subarray(0, 24)).toString('hex'))).size).toBe(2)
  })

  it('rejects a content without keys, or with keys of another length', () => {
    for (const keys of [[], [{ ...next, key: new Uint8Array(31) }]])
      expect(
        openKeyring(cluster, sealKeyring(cluster, 7, { ...content, keys }, [old], nonce), [old]),
      ).toBeUndefined()
  })
})
