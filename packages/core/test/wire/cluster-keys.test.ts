import { describe, expect, it } from 'vitest'
import { type ClusterKeys, clusterKeys, rumorTopic, spaceTopic } from '../../src/wire/cluster-keys.ts'
import { spaceTag } from '../../src/wire/tags.ts'

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

  it('hide the names: a topic is 26 letters and digits', () => {
    const keys = clusterKeys('atlas', secret)
    for (const topic of [rumorTopic(keys), spaceTopic(keys, '00'), keys.discovery])
      expect(topic).toMatch(/^[a-z2-7]{26}$/)
  })
})
