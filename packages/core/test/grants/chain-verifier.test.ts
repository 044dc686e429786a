import { describe, expect, it } from 'vitest'
import { testTag } from '../../../../test/helpers/signed-facts.ts'
import { ChainVerifier } from '../../src/grants/chain-verifier.ts'
import { chainOf, invitation, member, verifier } from './issued-chains.ts'

describe('the chain verifier', () => {
  it('checks each signature once, also that of an invitation of several members', async () => {
    let checks = 0
    const counting = new ChainVerifier(testTag, {
      verify: (...values) => {
        checks += 1
        return verifier.verify(...values)
      },
    })
    const ada = await chainOf(invitation('ticket'), member('ada'))
    const bob = await chainOf(invitation('ticket'), member('bob'))
    expect([counting.verify(ada), counting.verify(bob), counting.verify(ada)]).toEqual([true, true, true])
    expect([checks, counting.cached]).toEqual([3, 3])
  })

  it('checks an invalid signature again', async () => {
    const refusing = new ChainVerifier(testTag, { verify: async () => false })
    const chain = await chainOf(member('ada'))
    expect(await refusing.verify(chain)).toBe(false)
    expect(refusing.cached).toBe(0)
  })
})
