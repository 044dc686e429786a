import { describe, expect, it } from 'vitest'
import { losersOf, replacementOf, type Version } from '../../src/config/config-conflicts.ts'
import { storedFact } from '../../src/spaces/fact-set.ts'
import { idOf } from '../helpers/signed-fact.ts'
import { entryFact } from '../helpers/space-facts.ts'

/** Written at that time by one who had seen that version. */
function version(epochMs: number, seen: Version | undefined): Version {
  return storedFact(entryFact(idOf('ada'), { epochMs, replaces: replacementOf(seen) }))
}

const times = (versions: readonly Version[]): number[] => versions.map(({ fact }) => fact.epochMs)

describe('losers', () => {
  const first = version(1, undefined)
  const left = version(2, first)
  const right = version(3, first)
  const after = version(4, right)

  it('are none while each was seen by whoever wrote the next', () => {
    expect(losersOf([after, right, first])).toEqual([])
    expect(losersOf([])).toEqual([])
  })

  it('are those that the newest does not follow from', () => {
    expect(times(losersOf([right, left, first]))).toEqual([2])
    expect(times(losersOf([after, right, left, first]))).toEqual([2])
    expect(times(losersOf([version(9, undefined), first]))).toEqual([1])
  })

  it('are not told while a step is missing that may still come', () => {
    expect(losersOf([after, left, first])).toEqual([])
    // An older one than those here was dropped.
    expect(times(losersOf([after, version(9, undefined), right]))).toEqual([9])
    const seenLongAgo = version(9, first)
    expect(times(losersOf([seenLongAgo, after, right]))).toEqual([4, 3])
  })
})
