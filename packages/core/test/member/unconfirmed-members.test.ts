import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { UnconfirmedMembers } from '../../src/member/unconfirmed-members.ts'
import { Overlay } from '../../src/overlay/overlay.ts'
import { digestOf } from '../../src/table/delta.ts'
import { Table } from '../../src/table/table.ts'
import { syncMessage } from '../../src/wire/codec.ts'

const epochMs = 1_700_000_000_000
const limits = { maxMembers: 100, maxTombstones: 100 }
const [ada, grace, hostile] = [idOf('ada'), idOf('grace'), idOf('hostile')]
const made = ['x', 'y', 'z'].map(idOf)

const tableOf = (ids: readonly string[], incarnation = epochMs - 60_000): Table => {
  const table = new Table(limits)
  for (const id of ids) table.merge(signedFact(id, recordBody({ incarnation, version: 1 })), epochMs)
  return table
}

/** A member in its first contact, to which one peer has reported three others. */
function firstContact(incarnation?: number) {
  const table = tableOf([ada, grace, hostile, ...made], incarnation)
  const overlay = new Overlay(
    { self: idOf('self'), bootstrap: [], cachedPeers: [], random: mulberry32(1) },
    0,
  )
  const unconfirmed = new UnconfirmedMembers({ table, overlay })
  for (const id of made) unconfirmed.add(id, hostile, 0)
  /** A peer whose table contains these members sends its digest. */
  const digest = (from: string, ids: readonly string[], monotonicMs: number): void =>
    unconfirmed.compared(from, syncMessage(digestOf(tableOf(ids), undefined, true, 0)), {
      monotonicMs,
      epochMs,
    })
  return { table, overlay, unconfirmed, digest }
}

describe('members that one peer alone reported', () => {
  it('are dropped when another peer lacks them for long, and then that peer is not trusted for ten minutes', () => {
    const { unconfirmed, digest } = firstContact()
    digest(ada, [ada, grace, hostile], 11_000)
    expect([unconfirmed.takeDenied(), unconfirmed.trusts(hostile, 11_000)]).toEqual([[], true])
    digest(ada, [ada, grace, hostile], 12_000)
    expect(unconfirmed.takeDenied()).toEqual(made)
    expect(unconfirmed.takeDenied()).toEqual([])
    expect([unconfirmed.size, unconfirmed.trusts(hostile, 600_000)]).toEqual([0, false])
    expect([unconfirmed.trusts(ada, 12_000), unconfirmed.trusts(hostile, 612_000)]).toEqual([true, true])
  })

  it('stay if another peer has them, whole or in part', () => {
    const { unconfirmed, digest, table } = firstContact()
    digest(ada, [ada, ...made.slice(0, 1)], 1_000)
    expect(unconfirmed.size).toBe(2)
    unconfirmed.compared(ada, syncMessage({ tableHash: table.hash() }), { monotonicMs: 2_000, epochMs })
    expect(unconfirmed.size).toBe(0)
    digest(grace, [ada, grace], 20_000)
    expect(unconfirmed.takeDenied()).toEqual([])
  })

  it('are not confirmed by the peer that reported them', () => {
    const { unconfirmed, digest, table } = firstContact()
    digest(hostile, made, 1_000)
    unconfirmed.compared(hostile, syncMessage({ tableHash: table.hash() }), { monotonicMs: 2_000, epochMs })
    expect(unconfirmed.size).toBe(3)
  })

  it('stay if they are connected', () => {
    const { unconfirmed, digest, overlay } = firstContact()
    for (const id of made) overlay.opened(id, true)
    digest(ada, [ada], 12_000)
    expect([unconfirmed.size, unconfirmed.takeDenied()]).toEqual([0, []])
  })

  it('are neither denied nor confirmed by a peer that has just started itself', () => {
    const { unconfirmed, digest } = firstContact(epochMs - 20_000)
    digest(ada, [ada, ...made.slice(0, 1)], 12_000)
    expect([unconfirmed.size, unconfirmed.takeDenied()]).toEqual([3, []])
  })
})
