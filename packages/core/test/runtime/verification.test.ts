import { describe, expect, it } from 'vitest'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { verify } from '../../src/runtime/verification.ts'

const signedFacts = ['a', 'b', 'c', 'd'].map(name => signedFact(idOf(name), recordBody({ incarnation: 1 })))

describe.each(['at once', 'later'])('a verifier that returns %s', when => {
  const asked: string[] = []
  const verified = async (forger?: string) => {
    asked.length = 0
    return verify(signedFacts, ({ author }) => {
      asked.push(author)
      const isValid = author !== idOf(forger ?? 'no one')
      return when === 'later' ? Promise.resolve(isValid) : isValid
    })
  }

  it('accepts all facts with valid signatures', async () => {
    expect(await verified()).toEqual({ facts: signedFacts, forged: false })
    expect(asked).toHaveLength(4)
  })

  it.each(['a', 'b', 'd'])('is not called after the first forged fact: %s', async forger => {
    const index = signedFacts.findIndex(({ author }) => author === idOf(forger))
    expect(await verified(forger)).toEqual({ facts: signedFacts.slice(0, index), forged: true })
    expect(asked).toHaveLength(index + 1)
  })
})
