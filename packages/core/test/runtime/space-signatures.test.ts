import { describe, expect, it } from 'vitest'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { isSigned } from '../../src/runtime/space-signatures.ts'
import type { SpaceFact } from '../../src/wire/space-fact.ts'
import { entryFact } from '../helpers/space-facts.ts'

const ada = idOf('ada')
const grants = Uint8Array.of(1, 2, 3)
const space = '00'.repeat(12)
const withGrants = entryFact(ada, { grants })
const without = entryFact(ada, {})

const verifier = (areAuthorsValid: boolean, areGrantsValid: boolean) => ({
  cluster: testTag,
  keys: { verify: () => areAuthorsValid },
  verifyGrants: (member: string, bytes: Uint8Array) => member === ada && bytes.length === 3 && areGrantsValid,
})

describe('the signatures of a fact of a space', () => {
  it.each<[string, SpaceFact, boolean, boolean, boolean]>([
    ['valid ones of the author and of its grants', withGrants, true, true, true],
    ['a wrong one of the author', withGrants, false, true, false],
    ['a wrong one of a grant', withGrants, true, false, false],
    ['none of grants', without, true, false, true],
  ])('with %s', (_, fact, author, ofGrants, expected) => {
    expect(isSigned(space, fact, verifier(author, ofGrants))).toBe(expected)
  })

  it('does not depend on grants in a cluster without an authority', () => {
    const { cluster, keys } = verifier(true, false)
    expect(isSigned(space, withGrants, { cluster, keys })).toBe(true)
  })

  it('is checked asynchronously if one of the checks is', async () => {
    const { cluster, keys } = verifier(true, true)
    const verifyGrants = async () => false
    await expect(isSigned(space, withGrants, { cluster, keys, verifyGrants })).resolves.toBe(false)
  })
})
