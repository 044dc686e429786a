import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { changedKeyring, type KeyringChange, type KeyringState } from '../../src/policy/keyring-state.ts'
import { MemberKeyring } from '../../src/runtime/member-keyring.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { keyringKey } from '../../src/wire/keyring-fact.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { nowMs, policySet } from '../policy/policy-facts.ts'

const keyOf = (byte: number) => keyringKey(new Uint8Array(32).fill(byte), 0)
const [first, second] = [keyOf(1), keyOf(2)]

/** The keyring of one member, and its policy set, which receives the facts of the others. */
class Member {
  readonly stored: KeyringState[] = []
  readonly published: PolicyFact[] = []
  changes = 0
  readonly keyring: MemberKeyring

  constructor(given = [first], stored?: KeyringState, authority?: { self: string; id: string }) {
    this.keyring = new MemberKeyring({
      cluster: clusterTag('atlas'),
      self: authority?.self ?? idOf('self'),
      ...(authority && { mayChange: author => author === authority.id }),
      keyOf: secret => new Uint8Array(32).fill(secret.length),
      // Different for different bytes: of two changes with one version, the signature decides.
      keys: { sign: bytes => createHash('sha512').update(bytes).digest() },
      clock: { now: () => ({ monotonicMs: 0, epochMs: nowMs }), setTimer: () => () => {} },
      given,
      stored,
      topics: (given[0] ?? first).key,
      store: state => this.stored.push(state),
    })
    const set = policySet({ kinds: { keyring: this.keyring.kind } })
    const handle = (input: { type: string }) => {
      if (!('fact' in input)) return
      const fact = input.fact as PolicyFact
      if (set.merge(fact, nowMs) !== 'merged') return
      this.published.push(fact)
      this.keyring.merged(fact)
    }
    this.keyring.attach(() => {
      this.changes += 1
    }, handle)
    this.receive = fact => handle({ type: 'policy', fact } as never)
  }

  readonly receive: (fact: PolicyFact) => void

  async change(change: KeyringChange): Promise<void> {
    const next = changedKeyring(this.keyring.state, change, nowMs)
    if (typeof next === 'string') throw new Error(next)
    await this.keyring.publish(next)
  }

  get fingerprints(): string[] {
    return this.keyring.state.keys.map(({ fingerprint }) => fingerprint)
  }
}

async function rotate(member: Member): Promise<void> {
  await member.change({ type: 'add', key: second })
  await member.change({ type: 'use', fingerprint: second.fingerprint })
  await member.change({ type: 'remove', fingerprint: first.fingerprint })
}

describe('the keyring of a member', () => {
  it('follows each change of another member, and stores it', async () => {
    const [ada, bob] = [new Member(), new Member()]
    await rotate(ada)
    for (const fact of ada.published) bob.receive(fact)
    expect(bob.fingerprints).toEqual([second.fingerprint])
    expect(bob.keyring.state.removed).toEqual([first.fingerprint])
    expect(bob.changes).toBe(3)
    expect(bob.stored.at(-1)).toEqual(ada.keyring.state)
  })

  it('is the same everywhere if two members change it in one millisecond', async () => {
    const members = [new Member(), new Member()]
    await members[0]?.change({ type: 'add', key: second })
    await members[1]?.change({ type: 'add', key: keyOf(3) })
    const published = members.map(member => member.published[0] as PolicyFact)
    members[0]?.receive(published[1] as PolicyFact)
    members[1]?.receive(published[0] as PolicyFact)
    expect(members[0]?.fingerprints).toEqual(members[1]?.fingerprints)
  })

  it('cannot open what was written after its only key was removed', async () => {
    const [ada, bob] = [new Member(), new Member()]
    await rotate(ada)
    bob.receive(ada.published.at(-1) as PolicyFact)
    expect(bob.fingerprints).toEqual([first.fingerprint])
  })

  it('gives a newcomer with a later key the topics of the first one', async () => {
    const [ada, newcomer] = [new Member(), new Member([second])]
    await rotate(ada)
    newcomer.receive(ada.published.at(-1) as PolicyFact)
    expect(newcomer.keyring.state.topics).toEqual(first.key)
  })

  it('starts with the stored keys, and says whether the key of its options was removed', async () => {
    const ada = new Member()
    await rotate(ada)
    const again = new Member([first], ada.stored.at(-1))
    expect([again.fingerprints, again.keyring.isReplaced]).toEqual([[second.fingerprint], true])
    const third = keyOf(3)
    const withNew = new Member([third], ada.stored.at(-1))
    expect(withNew.fingerprints).toEqual([second.fingerprint, third.fingerprint])
    expect(withNew.keyring.isReplaced).toBe(false)
  })

  it('changes by the authority alone, in a cluster with an authority', async () => {
    const id = idOf('authority')
    const [founder, ada] = [id, idOf('ada')].map(self => new Member([first], undefined, { self, id }))
    if (!founder || !ada) throw new Error('two members')
    expect([founder.keyring.mayChange, ada.keyring.mayChange]).toEqual([true, false])
    await ada.change({ type: 'add', key: second })
    expect([ada.published, ada.fingerprints]).toEqual([[], [first.fingerprint]])
    const stranger = new Member()
    await stranger.change({ type: 'add', key: second })
    ada.receive(stranger.published[0] as PolicyFact)
    expect(ada.fingerprints).toEqual([first.fingerprint])
    await rotate(founder)
    for (const fact of founder.published) ada.receive(fact)
    expect(ada.fingerprints).toEqual([second.fingerprint])
  })

  it('accepts the key of a later ticket as well, unless it was removed', async () => {
    const ada = new Member([keyOf(3), keyOf(4), keyOf(5), keyOf(6)])
    ada.keyring.accept({ secret: undefined, key: second.key })
    expect(ada.fingerprints).toEqual(
      [3, 4, 5].map(byte => keyOf(byte).fingerprint).concat(second.fingerprint),
    )
    expect(ada.stored.at(-1)?.keys).toHaveLength(4)
    const bob = new Member()
    await rotate(bob)
    const changes = bob.stored.length
    for (const key of [first, second]) bob.keyring.accept({ secret: undefined, key: key.key })
    bob.keyring.accept({ secret: undefined })
    expect(bob.fingerprints).toEqual([second.fingerprint])
    expect(changes).toBe(3)
    bob.keyring.accept({ secret: new Uint8Array(9) })
    expect(bob.fingerprints).toEqual([second.fingerprint, keyOf(9).fingerprint])
  })

  it('stores nothing before the first change: the secret of the options stays out of the store', () => {
    expect(new Member().stored).toEqual([])
  })
})
