import { hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type ClusterKeys,
  clusterKeys,
  rumorTopic,
  secretKeys,
  spaceTopic,
} from '../../src/wire/cluster-keys.ts'
import { clusterTag, spaceTag } from '../../src/wire/tags.ts'

const secret = 'a secret of sixteen or more characters'

const textsOf = (keys: ClusterKeys): string[] => [
  Buffer.from(keys.admission).toString('hex'),
  Buffer.from(keys.topics).toString('hex'),
  keys.discovery,
  rumorTopic(keys),
  spaceTopic(keys, spaceTag(new Uint8Array(16), 'room', 'design')),
  spaceTopic(keys, spaceTag(new Uint8Array(16), 'config', 'design')),
]

describe('the keys of a cluster', () => {
  it('are the same for the same name and secret, as text or as bytes', () => {
    expect(clusterKeys('atlas', secret)).toEqual(clusterKeys('atlas', new TextEncoder().encode(secret)))
    expect(clusterKeys('atlas')).toEqual(clusterKeys('atlas'))
  })

  it('have nothing in common for another name, another secret, or none', () => {
    const all = [
      clusterKeys('atlas'),
      clusterKeys('atlas', secret),
      clusterKeys('atlas', `${secret}!`),
      clusterKeys('atlas2', secret),
      clusterKeys('atlas2'),
      clusterKeys('atlas', 'atlas'),
    ].flatMap(textsOf)
    expect(new Set(all).size).toBe(all.length)
  })

  it('are those of the protocol in a cluster with an authority, in which only the admission key comes from the secret', () => {
    const authority = new Uint8Array(32).fill(3)
    const derived = (use: string, material: Uint8Array) =>
      Buffer.from(hkdfSync('sha256', material, clusterTag('atlas'), `hearsay/2 authority ${use}`, 32))
    const { keyOf, keysOf } = secretKeys('atlas', authority)
    for (const given of [secret, 'another secret of the cluster', '']) {
      const keys = keysOf(keyOf(given))
      expect(Buffer.from(keys.admission)).toEqual(
        derived('admission', Buffer.concat([authority, Buffer.from(given)])),
      )
      expect(Buffer.from(keys.topics)).toEqual(derived('topics', authority))
      expect(keys).toEqual(clusterKeys('atlas', given, authority))
    }
    // Vectors: they may never change, because members of earlier versions compute them, too.
    expect(Buffer.from(clusterKeys('atlas', secret, authority).admission).toString('hex')).toBe(
      'e710d2603680fa2225d977acedb49e09739745491bad4b8eedb1a1fe4d14c057',
    )
    expect(Buffer.from(keyOf(secret)).toString('hex')).toBe(
      '75db0646bd849fe8329f9784277a9be8dd5f05f375fc47c1f4918e3a971b7ec4',
    )
    expect(clusterKeys('atlas', undefined, authority)).toEqual(keysOf(keyOf('')))
  })

  it('hide the names: a topic is 26 letters and digits', () => {
    const keys = clusterKeys('atlas', secret)
    for (const topic of [rumorTopic(keys), spaceTopic(keys, '00'), keys.discovery])
      expect(topic).toMatch(/^[a-z2-7]{26}$/)
  })
})
