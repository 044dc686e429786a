import { describe, expect, it } from 'vitest'
import { verify } from '../../src/runtime/verification.ts'
import { idOf, recordBody, signedFact } from '../helpers/signed-fact.ts'

const said = ['a', 'b', 'c', 'd'].map(name => signedFact(idOf(name), recordBody({ incarnation: 1 })))

describe.each(['at once', 'later'])('a verifier that returns %s', when => {
  const asked: string[] = []
  const verified = async (forger?: string) => {
    asked.length = 0
    return verify(said, ({ author }) => {
      asked.push(author)
      const holds = author !== idOf(forger ?? 'nobody')
      return when === 'later' ? Promise.resolve(holds) : holds
    })
  }

  it('accepts all facts with valid signatures', async () => {
    expect(await verified()).toEqual({ facts: said, forged: false })
    expect(asked).toHaveLength(4)
  })

  it.each(['a', 'b', 'd'])('is not called after the first forged fact: %s', async forger => {
    const place = said.findIndex(({ author }) => author === idOf(forger))
    expect(await verified(forger)).toEqual({ facts: said.slice(0, place), forged: true })
    expect(asked).toHaveLength(place + 1)
  })
})
