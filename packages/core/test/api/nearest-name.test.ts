import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceOf, nearestName } from '../../src/api/nearest-name.ts'

const names = [
  'cluster',
  'name',
  'tags',
  'bootstrap',
  'profile',
  'listen',
  'storage',
  'mdns',
  'relay',
  'iceServers',
]

describe('the nearest name', () => {
  it.each([
    ['boostrap', 'bootstrap'],
    ['bootstraps', 'bootstrap'],
    ['boot', undefined],
    ['Cluster', 'cluster'],
    ['clutser', 'cluster'],
    ['tag', 'tags'],
    ['nmae', 'name'],
    ['mDNS', 'mdns'],
    ['iceservers', 'iceServers'],
    ['listenAddresses', undefined],
    ['', undefined],
    ['privateKey', undefined],
  ])('to %s is %s', (written, nearest) => {
    expect(nearestName(written, names)).toBe(nearest)
  })
})

describe('the edit distance of two strings', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['abcd', 'acbd', 1],
    ['ca', 'abc', 3],
  ])('%s and %s is %i', (a, b, distance) => {
    expect(distanceOf(a, b)).toBe(distance)
  })

  it('is symmetric, and at most the length of the longer string', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(distanceOf(a, b)).toBe(distanceOf(b, a))
        expect(distanceOf(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
