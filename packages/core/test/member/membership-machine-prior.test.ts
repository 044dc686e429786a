import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstRecord } from '../../src/member/local-record.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { filterNew } from '../../src/table/filter-new.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'

const epochMs = 1_700_000_000_000
const now = { monotonicMs: 0, epochMs }
const self = idOf('self')
const others = Array.from({ length: 20 }, (_, i) => idOf(`member ${i}`))
const everybody = [self, ...others]
const known = everybody.map(id => signedFact(id, recordBody({ incarnation: epochMs })))

function machine(prior?: MembershipMachine): MembershipMachine {
  const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
  const random = mulberry32(1)
  return new MembershipMachine(
    { self, record, bootstrap: [], profile: 'lan', random, ...(prior && { prior }) },
    now,
  )
}

function priorOf(facts: readonly SignedFact[]): MembershipMachine {
  const record = firstRecord({ name: 'onlooker', tags: {}, incarnation: epochMs })
  const random = mulberry32(2)
  const prior = new MembershipMachine(
    { self: idOf('onlooker'), record, bootstrap: [], profile: 'lan', random },
    now,
  )
  prior.handle({ type: 'rumors', facts }, now)
  return prior
}

/** All that others can see of what a machine knows. */
function viewOf(machine: MembershipMachine) {
  return {
    hash: machine.table.hash(),
    buckets: machine.table.bucketHashes(),
    order: machine.table.advertised().map(({ id }) => id),
    members: machine.members(),
    health: machine.health(),
    beats: everybody.map(id => machine.table.get(id)?.heartbeat?.sequence),
    verdicts: others.map(id => machine.detector.status(id)),
    neighbours: machine.overlay.neighbours(0),
  }
}

const newcomers = ['x', 'y', 'z'].map(idOf)
const subject = fc.constantFrom(...others, ...newcomers)
const observer = fc.constantFrom(...others)
const life = fc.nat(2).map(later => epochMs + later)
const told = fc.oneof(
  fc
    .record({
      id: subject,
      incarnation: life,
      version: fc.integer({ min: 1, max: 3 }),
      leaving: fc.boolean(),
    })
    .map(({ id, ...record }) => signedFact(id, recordBody(record))),
  fc
    .record({ id: subject, incarnation: life, beat: fc.nat(9) })
    .map(({ id, incarnation, beat }) => signedFact(id, heartbeatBody(incarnation, beat))),
  fc
    .record({ id: subject, by: observer, incarnation: life, refused: fc.boolean() })
    .map(({ id, by, incarnation, refused }) => signedFact(by, suspicionBody(id, incarnation, refused))),
)

describe('a machine with a prior', () => {
  it('comes to know the same as one that was told everything, and leaves the prior as it is', () => {
    fc.assert(
      fc.property(
        fc.array(told, { maxLength: 30 }),
        fc.array(fc.nat(60_000), { maxLength: 5 }),
        (facts, waits) => {
          const prior = priorOf(known)
          const before = viewOf(prior)
          const beside = machine(prior)
          const alone = machine()
          alone.handle({ type: 'rumors', facts: known }, now)
          for (const each of [beside, alone]) {
            for (const fact of facts) {
              const news = filterNew(each.table, [fact], epochMs)
              each.handle({ type: 'rumors', facts: news }, now)
            }
          }
          expect(viewOf(beside)).toEqual(viewOf(alone))
          for (const waitMs of [...waits].sort((a, b) => a - b)) {
            beside.advance({ monotonicMs: waitMs, epochMs: epochMs + waitMs })
            machine(prior).advance({ monotonicMs: waitMs, epochMs: epochMs + waitMs })
          }
          expect(viewOf(prior)).toEqual(before)
        },
      ),
    )
  })

  it('is nobody else than itself: neither the prior nor itself is another member', () => {
    const beside = machine(priorOf(known))
    expect(beside.health().visible).toBe(everybody.length)
    expect(beside.detector.status(self)).toBeUndefined()
    expect(beside.overlay.neighbours(0)).not.toContain(self)
    expect(beside.overlay.neighbours(0)).not.toContain(idOf('onlooker'))
  })
})
