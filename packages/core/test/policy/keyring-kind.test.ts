import { describe, expect, it } from 'vitest'
import { idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { KeyringKind } from '../../src/policy/keyring-kind.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { keyringKey, sealKeyring } from '../../src/wire/keyring-fact.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { nowMs, policySet } from './policy-facts.ts'

const cluster = clusterTag('atlas')
const held = keyringKey(new Uint8Array(32).fill(1), 0)
const foreign = keyringKey(new Uint8Array(32).fill(2), 0)
const kind = new KeyringKind({ cluster, keys: () => [held], mayChange: author => author !== idOf('reader') })

function keyring(author: string, version: number, key = held): PolicyFact {
  const content = { keys: [held], removed: [], topics: new Uint8Array(32) }
  const nonce = () => crypto.getRandomValues(new Uint8Array(24))
  return signedFact(idOf(author), sealKeyring(cluster, version, content, [key], nonce)) as PolicyFact
}

describe('the kind of keyring facts', () => {
  it('keeps the latest fact only, of any author', () => {
    const set = policySet({ kinds: { keyring: kind } })
    const [first, second] = [keyring('ada', nowMs), keyring('bob', nowMs + 1)]
    expect([first, second, first].map(fact => set.merge(fact, nowMs))).toEqual(['merged', 'merged', 'known'])
    expect(set.registers().map(({ fact }) => fact)).toEqual([second])
  })

  it('does not keep a fact that no key of this member opens, of the far future, or of an author without the right', () => {
    const set = policySet({ kinds: { keyring: kind } })
    const facts = [
      keyring('ada', nowMs, foreign),
      keyring('ada', nowMs + 86_400_001),
      keyring('reader', nowMs),
    ]
    expect(facts.map(fact => set.merge(fact, nowMs))).toEqual(['rejected', 'rejected', 'rejected'])
  })
})
