import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { losersOf, replacementOf, type Version } from '../../src/config/config-conflicts.ts'
import { storedFact } from '../../src/spaces/fact-set.ts'
import { entryFact } from '../helpers/space-facts.ts'

/** An entry of this time by a writer that had seen `seen`. */
function version(epochMs: number, seen: Version | undefined): Version {
  return storedFact(entryFact(idOf('ada'), { epochMs, replaces: replacementOf(seen) }))
}

const times = (versions: readonly Version[]): number[] => versions.map(({ fact }) => fact.epochMs)

describe('losers', () => {
  const first = version(1, undefined)
  const left = version(2, first)
  const right = version(3, first)
  const after = version(4, right)

  it('are none while each writer had seen the previous version', () => {
    expect(losersOf([after, right, first])).toEqual([])
    expect(losersOf([])).toEqual([])
  })

  it('are the versions that the newest one does not follow from', () => {
    expect(times(losersOf([right, left, first]))).toEqual([2])
    expect(times(losersOf([after, right, left, first]))).toEqual([2])
    expect(times(losersOf([version(9, undefined), first]))).toEqual([1])
  })

  it('are not reported while a missing version may still arrive', () => {
    expect(losersOf([after, left, first])).toEqual([])
    // The missing version is older than all here, so it was dropped.
    expect(times(losersOf([after, version(9, undefined), right]))).toEqual([9])
    const seenLongAgo = version(9, first)
    expect(times(losersOf([seenLongAgo, after, right]))).toEqual([4, 3])
  })
})
