import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

const epochMs = 1_700_000_000_000
const now = { monotonicMs: 0, epochMs }
const self = idOf('self')
const others = Array.from({ length: 20 }, (_, i) => idOf(`member ${i}`))
const allIds = [self, ...others]
const known = allIds.map(id => signedFact(id, recordBody({ incarnation: epochMs })))

function machine(prior?: MembershipMachine): MembershipMachine {
  const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
  const random = mulberry32(1)
  return new MembershipMachine(
    { self, record, bootstrap: [], profile: 'lan', random, standing: 'assumed', ...(prior && { prior }) },
    now,
  )
}

function priorOf(facts: readonly SignedFact[]): MembershipMachine {
  const record = firstRecord({ name: 'prior', tags: {}, incarnation: epochMs })
  const random = mulberry32(2)
  const prior = new MembershipMachine(
    { self: idOf('prior'), record, bootstrap: [], profile: 'lan', random, standing: 'assumed' },
    now,
  )
  prior.handle({ type: 'rumors', facts }, now)
  return prior
}

/** The readable state of a machine. */
function viewOf(machine: MembershipMachine) {
  return {
    hash: machine.table.hash(),
    buckets: machine.table.bucketHashes(),
    order: machine.table.advertised().map(({ id }) => id),
    members: machine.members(),
    health: machine.health(),
    heartbeats: allIds.map(id => machine.table.get(id)?.heartbeat?.sequence),
    verdicts: others.map(id => machine.detector.status(id)),
    neighbours: machine.overlay.neighbours(0),
  }
}

const newcomers = ['x', 'y', 'z'].map(idOf)
const subject = fc.constantFrom(...others, ...newcomers)
const observer = fc.constantFrom(...others)
const incarnation = fc.nat(2).map(later => epochMs + later)
const receivedFact = fc.oneof(
  fc
    .record({
      id: subject,
      incarnation,
      version: fc.integer({ min: 1, max: 3 }),
      leaving: fc.boolean(),
    })
    .map(({ id, ...record }) => signedFact(id, recordBody(record))),
  fc
    .record({ id: subject, incarnation, sequence: fc.nat(9) })
    .map(({ id, incarnation, sequence }) => signedFact(id, heartbeatBody(incarnation, sequence))),
  fc
    .record({ id: subject, by: observer, incarnation, refused: fc.boolean() })
    .map(({ id, by, incarnation, refused }) => signedFact(by, suspicionBody(id, incarnation, refused))),
)

describe('a machine with a prior', () => {
  it('reaches the same state as a machine that received all facts, and never changes the prior', () => {
    fc.assert(
      fc.property(
        fc.array(receivedFact, { maxLength: 30 }),
        fc.array(fc.nat(60_000), { maxLength: 5 }),
        (facts, waits) => {
          const prior = priorOf(known)
          const before = viewOf(prior)
          const withPrior = machine(prior)
          const withoutPrior = machine()
          withoutPrior.handle({ type: 'rumors', facts: known }, now)
          for (const each of [withPrior, withoutPrior]) {
            for (const fact of facts) {
              const newFacts = each.factFilter.filterNew([fact], 'a peer', false, now)
              each.handle({ type: 'rumors', facts: newFacts }, now)
            }
          }
          expect(viewOf(withPrior)).toEqual(viewOf(withoutPrior))
          for (const waitMs of [...waits].sort((a, b) => a - b)) {
            withPrior.advance({ monotonicMs: waitMs, epochMs: epochMs + waitMs })
            machine(prior).advance({ monotonicMs: waitMs, epochMs: epochMs + waitMs })
          }
          expect(viewOf(prior)).toEqual(before)
        },
      ),
    )
  })

  it('counts neither the member of the prior nor itself among the other members', () => {
    const withPrior = machine(priorOf(known))
    expect(withPrior.health().visible).toBe(allIds.length)
    expect(withPrior.detector.status(self)).toBeUndefined()
    expect(withPrior.overlay.neighbours(0)).not.toContain(self)
    expect(withPrior.overlay.neighbours(0)).not.toContain(idOf('prior'))
  })
})
