import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { noPolicy } from '../../src/policy/policy.ts'
import { ForwardedFacts } from '../../src/rumors/forwarded-facts.ts'
import { Table } from '../../src/table/table.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

const nowMs = 1_700_000_000_000
const record = signedFact(idOf('ada'), recordBody({ incarnation: 5 }))
const heartbeat = signedFact(idOf('ada'), heartbeatBody(5, 3))

/** The forwarded facts of a member that stores these facts, which anti-entropy brought. */
function forwardedFacts(...stored: SignedFact[]): ForwardedFacts {
  const table = new Table({ maxMembers: 8, maxTombstones: 8 })
  for (const fact of stored) table.merge(fact, nowMs)
  return new ForwardedFacts(table, noPolicy)
}

/** The same facts, as a decoder reads them from another message. */
const copies = (...facts: SignedFact[]) => facts.map(fact => ({ ...fact }))

describe('a rumor without new facts', () => {
  it('is forwarded once if only anti-entropy has brought its facts', () => {
    const forwarded = forwardedFacts(record, heartbeat)
    expect(forwarded.markIfFirst(copies(record, heartbeat))).toBe(true)
    expect(forwarded.markIfFirst(copies(record, heartbeat))).toBe(false)
  })

  it('is not forwarded if a rumor has brought all of its facts, also in other combinations', () => {
    const forwarded = forwardedFacts(record, heartbeat)
    forwarded.add(copies(record, heartbeat))
    for (const facts of [[record], [heartbeat], [heartbeat, record]])
      expect(forwarded.markIfFirst(copies(...facts))).toBe(false)
  })

  it('is forwarded if no rumor has brought one of its facts yet', () => {
    const forwarded = forwardedFacts(record, heartbeat)
    forwarded.add([record])
    expect(forwarded.markIfFirst(copies(record, heartbeat))).toBe(true)
    expect(forwarded.markIfFirst(copies(heartbeat))).toBe(false)
  })

  it('is not forwarded if the table stores a newer fact than one of its facts, or no fact of that member', () => {
    const older = signedFact(idOf('ada'), heartbeatBody(5, 2))
    const unknown = signedFact(idOf('grace'), recordBody({ incarnation: 5 }))
    const forwarded = forwardedFacts(record, heartbeat)
    for (const other of [older, unknown]) expect(forwarded.markIfFirst(copies(record, other))).toBe(false)
    expect(forwarded.markIfFirst(copies(record))).toBe(true)
  })

  it('is not forwarded if it is empty', () => {
    expect(forwardedFacts(record).markIfFirst([])).toBe(false)
  })
})
