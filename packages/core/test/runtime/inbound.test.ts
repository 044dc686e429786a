import { describe, expect, it } from 'vitest'
import { Inbound } from '../../src/runtime/inbound.ts'
import { failed, ok } from '../../src/wire/result.ts'

const fact = (author: string) => ({ author, signature: new Uint8Array(64) })

function bench(isValid: (author: string) => boolean | Promise<boolean>) {
  const violations: string[] = []
  const inbound = new Inbound({
    keys: { verify: author => isValid(author) },
    reporter: {
      reportViolation: (from, violation, detail) => violations.push(`${from}: ${violation}, ${detail}`),
      reportExcess() {},
    },
  })
  const verified = (...authors: string[]) =>
    inbound.verified('relay', authors.map(fact), () => new Uint8Array())
  return { inbound, violations, verified }
}

describe('inbound', () => {
  it('returns a decoded message, and reports one that could not be decoded', () => {
    const { inbound, violations } = bench(() => true)
    expect(inbound.message('relay', ok('message'))).toBe('message')
    expect(inbound.message('relay', failed('malformed', 'too long'))).toBeUndefined()
    expect(violations).toEqual(['relay: undecodable, too long'])
  })

  it('returns at once if the verifier does', () => {
    const { verified, violations } = bench(author => author !== 'forged')
    expect(verified('a', 'b')).toEqual({ facts: [fact('a'), fact('b')], forged: false })
    expect(violations).toEqual([])
  })

  it('reports a forged fact once against the peer that sent it, not against its author', () => {
    const { verified, violations } = bench(author => author !== 'forged')
    expect(verified('a', 'forged', 'forged')).toEqual({ facts: [fact('a')], forged: true })
    expect(violations).toEqual(['relay: bad-signature, a fact that its author did not sign'])
  })

  it('reports a forged fact only when an asynchronous verifier has answered', async () => {
    const { verified, violations } = bench(async author => author !== 'forged')
    const outcome = verified('a', 'forged')
    expect(violations).toEqual([])
    expect(await outcome).toEqual({ facts: [fact('a')], forged: true })
    expect(violations).toHaveLength(1)
  })
})
