import { describe, expect, it } from 'vitest'
import type { PolicySet } from '../../src/policy/policy-set.ts'
import { PolicySync } from '../../src/policy/policy-sync.ts'
import { decodeSync, encodeSync, type SyncMessage, syncMessage } from '../../src/wire/codec.ts'
import { isPolicyFact } from '../../src/wire/fact.ts'
import { authority, nowMs, policySet, revocation } from './policy-facts.ts'

const untilMs = nowMs + 86_400_000

class Side {
  readonly sync: PolicySync
  readonly set: PolicySet

  constructor(subjects: readonly string[], set = policySet(), maxBytes = 49_152) {
    this.set = set
    for (const subject of subjects) set.merge(revocation(authority, subject, untilMs), nowMs)
    this.sync = new PolicySync(set, maxBytes)
  }

  offer(): SyncMessage {
    return syncMessage({ offer: true, ...this.sync.offer() })
  }

  receive(message: SyncMessage): SyncMessage | undefined {
    for (const fact of message.facts) if (isPolicyFact(fact)) this.set.merge(fact, nowMs)
    const step = this.sync.answer(message)
    return step && syncMessage(step)
  }
}

function overTheWire(message: SyncMessage): SyncMessage {
  const decoded = decodeSync(encodeSync(message))
  if (!decoded.ok || !decoded.value) throw new Error('an encoded message could not be decoded')
  return decoded.value
}

/** Runs one sync that `a` begins. @returns the number of its steps */
function run(a: Side, b: Side): number {
  let [sender, receiver] = [a, b]
  let next: SyncMessage | undefined = a.offer()
  for (let steps = 0; ; steps++) {
    if (!next) return steps
    if (steps > 10) throw new Error('the sync does not end')
    next = receiver.receive(overTheWire(next))
    ;[sender, receiver] = [receiver, sender]
  }
}

describe('a sync of policy sets', () => {
  it.each([
    { a: [], b: ['x'], steps: 4 },
    { a: ['x'], b: [], steps: 3 },
    { a: ['x', 'y'], b: ['y', 'z'], steps: 3 },
    { a: ['x'], b: ['x'], steps: 1 },
    { a: [], b: [], steps: 1 },
  ])('makes $a and $b equal in $steps steps', ({ a, b, steps }) => {
    const [left, right] = [new Side(a), new Side(b)]
    expect(run(left, right)).toBeLessThanOrEqual(steps)
    expect(left.set.hash()).toEqual(right.set.hash())
    expect(left.set.size).toBe(new Set([...a, ...b]).size)
  })

  it('costs nothing while both sets are empty', () => {
    expect(encodeSync(new Side([]).offer())).toEqual(encodeSync(syncMessage({ offer: true })))
  })

  it('sends no facts to a peer that does not know them', () => {
    expect(new Side(['x']).receive(syncMessage({ offer: true }))?.facts).toEqual([])
  })

  it('ends if one end refuses the facts of the other', () => {
    const [left, right] = [new Side(['x']), new Side(['y'], policySet({ kinds: {} }))]
    expect(run(left, right)).toBeLessThan(5)
    expect(run(right, left)).toBeLessThan(5)
    expect(right.set.size).toBe(0)
  })

  it('sends all facts in turn if they do not fit into one step', () => {
    const subjects = Array.from({ length: 20 }, (_, i) => `subject ${i}`)
    const [left, right] = [new Side([]), new Side(subjects, policySet(), 500)]
    for (let syncs = 0; syncs < 10; syncs++) run(left, right)
    expect(left.set.size).toBe(20)
  })

  it('continues at once while a step says that there are more', () => {
    const side = new Side(['a', 'b', 'c', 'd'], policySet(), 300)
    const step = side.receive(syncMessage({ offer: true, policyHash: new Uint8Array(16) }))
    expect(step).toMatchObject({ more: true, policyHash: side.set.hash() })
    expect(step?.facts.length).toBeLessThan(4)
  })
})
