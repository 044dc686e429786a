import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import type { ClusterEventType, MemberStatus } from '../../src/member/member.ts'
import { MemberView } from '../../src/member/member-view.ts'
import type { RecordFact } from '../../src/table/row.ts'
import type { MemberRecord } from '../../src/wire/fact.ts'

const self = idOf('self')
const ada = idOf('ada')

function fact(record: Partial<MemberRecord> & { incarnation: number }, author = ada): RecordFact {
  return signedFact(author, recordBody({ name: 'ada', ...record })) as RecordFact
}

/** Observes the member Ada with this status in this incarnation. */
function observe(view: MemberView, status: MemberStatus, incarnation: number) {
  const leaving = status === 'left'
  return view.observe(fact({ incarnation, leaving }), leaving ? 'alive' : status, 0, 0)
}

describe('member view', () => {
  it.each<[MemberStatus | 'unknown', MemberStatus, ClusterEventType | undefined]>([
    ['unknown', 'alive', 'join'],
    ['unknown', 'suspect', undefined],
    ['unknown', 'dead', undefined],
    ['unknown', 'left', undefined],
    ['alive', 'alive', 'update'],
    ['alive', 'suspect', 'suspect'],
    ['alive', 'dead', 'fail'],
    ['alive', 'left', 'leave'],
    ['suspect', 'alive', 'recover'],
    ['suspect', 'suspect', 'update'],
    ['suspect', 'dead', 'fail'],
    ['suspect', 'left', 'leave'],
    ['dead', 'alive', 'join'],
    ['dead', 'suspect', 'join'],
    ['dead', 'dead', undefined],
    ['dead', 'left', 'leave'],
    ['left', 'alive', 'join'],
    ['left', 'suspect', 'join'],
    ['left', 'dead', 'fail'],
    ['left', 'left', undefined],
  ])('from %s to %s an app gets the event: %s', (before, after, type) => {
    const view = new MemberView(self)
    if (before !== 'unknown') observe(view, 'alive', 1)
    if (before !== 'unknown' && before !== 'alive') observe(view, before, 1)
    const event = observe(view, after, 2)
    expect(event?.type).toBe(type)
    if (event) expect(event.member).toBe(view.get(ada))
    expect(view.get(ada)?.status).toBe(after)
  })

  it('does not list an ephemeral member that left, except this member itself', () => {
    const view = new MemberView(self)
    const ids = () => view.snapshot().map(({ id }) => id)
    for (const author of [ada, self])
      view.observe(fact({ incarnation: 1, ephemeral: true }, author), 'alive', 0, 0)
    expect(ids()).toEqual([ada, self].sort())
    for (const author of [ada, self]) {
      const event = view.observe(
        fact({ incarnation: 1, version: 2, ephemeral: true, leaving: true }, author),
        'alive',
        0,
        0,
      )
      expect(event?.type).toBe(author === ada ? 'leave' : undefined)
    }
    expect(ids()).toEqual([self])
    expect(view.get(ada)?.status).toBe('left')
    // Returns, and is listed again.
    view.observe(fact({ incarnation: 2, ephemeral: true }), 'alive', 0, 0)
    expect(ids()).toEqual([ada, self].sort())
  })

  it.each<MemberStatus>(['suspect', 'dead', 'left'])(
    'a member that was first observed as %s joins when it is alive',
    status => {
      const view = new MemberView(self)
      expect(observe(view, status, 1)).toBeUndefined()
      expect(observe(view, 'dead', 1)).toBeUndefined()
      expect(observe(view, 'alive', 2)?.type).toBe('join')
    },
  )

  it('emits no event and keeps its snapshot while nothing changes', () => {
    const view = new MemberView(self)
    const record = fact({ incarnation: 1 })
    view.observe(record, 'alive', 0, 0)
    const snapshot = view.snapshot()
    expect(view.observe(record, 'alive', 1, 1)).toBeUndefined()
    expect(view.snapshot()).toBe(snapshot)
    view.observe(fact({ incarnation: 1 }, idOf('grace')), 'alive', 2, 2)
    expect(view.snapshot()).not.toBe(snapshot)
    expect(view.snapshot().find(({ id }) => id === ada)).toBe(snapshot[0])
  })

  it('emits no event about the local member, and counts it', () => {
    const view = new MemberView(self)
    expect(view.observe(fact({ incarnation: 1 }, self), 'alive', 0, 0)).toBeUndefined()
    observe(view, 'suspect', 1)
    expect([view.count('alive'), view.count('suspect'), view.count('alive', 'suspect')]).toEqual([1, 1, 2])
  })

  it('dates a state of attention by the first record that shows it, and keeps the object until it changes', () => {
    const view = new MemberView(self)
    const seen = (version: number, state: MemberRecord['attention']['state'], nowMs: number) => {
      const record = fact({ incarnation: 1, version, attention: { state, leaseMs: 1 } })
      const event = view.observe(record, 'alive', 0, nowMs)
      return { type: event?.type, attention: view.get(ada)?.attention }
    }
    expect(seen(1, 'full', 1)).toEqual({ type: 'join', attention: { state: 'active', sinceMs: 1 } })
    const { type, attention } = seen(2, 'asleep', 2)
    expect({ type, attention }).toEqual({ type: 'update', attention: { state: 'asleep', sinceMs: 2 } })
    expect(Object.isFrozen(attention)).toBe(true)
    expect(seen(3, 'asleep', 3).attention).toBe(attention)
    observe(view, 'dead', 1)
    expect(seen(4, 'hidden', 5).attention).toEqual({ state: 'hidden', sinceMs: 5 })
    expect(seen(5, 'frozen', 6).attention).toEqual({ state: 'frozen', sinceMs: 6 })
  })

  it('keeps the attention of a member whose status changes', () => {
    const view = new MemberView(self)
    const record = fact({ incarnation: 1, attention: { state: 'asleep', leaseMs: 1 } })
    view.observe(record, 'alive', 0, 1)
    const attention = view.get(ada)?.attention
    view.observe(record, 'dead', 2, 2)
    expect(view.get(ada)).toMatchObject({ status: 'dead', attention: { state: 'asleep', sinceMs: 1 } })
    expect(view.get(ada)?.attention).toBe(attention)
  })

  it('orders its snapshot by id, and shows only readable addresses', () => {
    const view = new MemberView(self)
    const address = '/ip4/192.0.2.1/tcp/4001'
    for (const id of [self, ada, idOf('grace')])
      view.observe(
        fact({ incarnation: 1, addresses: [Uint8Array.of(255, 255, 255), multiaddr(address).bytes] }, id),
        'alive',
        0,
        0,
      )
    const ids = view.snapshot().map(({ id }) => id)
    expect(ids).toEqual([...ids].sort())
    expect(view.get(ada)?.addresses).toEqual([address])
  })

  it('keeps its snapshot ordered and up to date for any number of changes between two reads', () => {
    const random = mulberry32(7)
    const view = new MemberView(self)
    const ids = Array.from({ length: 200 }, (_, i) => idOf(`m${i}`))
    for (let round = 0; round < 100; round++) {
      const count = round % 10 === 0 ? 150 : Math.floor(random() * 6)
      for (let i = 0; i < count; i++) {
        const id = ids[Math.floor(random() * ids.length)] ?? ada
        if (random() < 0.3) view.forget(id)
        else view.observe(fact({ incarnation: round + 1 }, id), 'alive', 0, 0)
      }
      const expected = ids.flatMap(id => view.get(id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(view.snapshot()).toEqual(expected)
    }
  })

  it('dates the departure of a member by its death, then by its leave, until it is back', () => {
    const view = new MemberView(self)
    const at = (status: MemberStatus, incarnation: number, nowMs: number) => {
      const leaving = status === 'left'
      view.observe(fact({ incarnation, leaving }), leaving ? 'alive' : status, nowMs, nowMs)
    }
    at('alive', 1, 0)
    expect(view.departed(1_000_000, 0)).toEqual([])
    at('dead', 1, 1_000)
    at('left', 2, 5_000)
    expect(view.departed(14_999, 10_000)).toEqual([])
    expect(view.departed(15_000, 10_000)).toEqual([ada])
    at('alive', 3, 12_000)
    expect(view.departed(1_000_000, 0)).toEqual([])
    view.forget(ada)
    expect(view.get(ada)).toBeUndefined()
  })

  it('counts the departure of a member from now on if the clock was ahead then and was set back', () => {
    const view = new MemberView(self)
    view.observe(fact({ incarnation: 1 }), 'dead', 900_000, 900_000)
    expect(view.departed(5_000, 10_000)).toEqual([])
    expect(view.departed(14_999, 10_000)).toEqual([])
    expect(view.departed(15_000, 10_000)).toEqual([ada])
  })
})
