import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import type { ClusterEventType, MemberStatus } from '../../src/member/member.ts'
import { MemberView } from '../../src/member/member-view.ts'
import type { RecordFact } from '../../src/table/table.ts'
import type { MemberRecord } from '../../src/wire/fact.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { idOf, recordBody, signedFact } from '../helpers/signed-fact.ts'

const self = idOf('self')
const ada = idOf('ada')

function fact(record: Partial<MemberRecord> & { incarnation: number }, author = ada): RecordFact {
  return signedFact(author, recordBody({ name: 'ada', ...record })) as RecordFact
}

/** Looks at Ada as she is `status` under this incarnation. */
function look(membership: MemberView, status: MemberStatus, incarnation: number) {
  const leaving = status === 'left'
  return membership.observe(fact({ incarnation, leaving }), leaving ? 'alive' : status, 0)
}

describe('membership', () => {
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
  ])('from %s to %s an app hears: %s', (before, after, type) => {
    const membership = new MemberView(self)
    if (before !== 'unknown') look(membership, 'alive', 1)
    if (before !== 'unknown' && before !== 'alive') look(membership, before, 1)
    const event = look(membership, after, 2)
    expect(event?.type).toBe(type)
    if (event) expect(event.member).toBe(membership.get(ada))
    expect(membership.get(ada)?.status).toBe(after)
  })

  it.each<MemberStatus>(['suspect', 'dead', 'left'])(
    'who was first met %s, and was never alive here, joins when it is',
    status => {
      const membership = new MemberView(self)
      expect(look(membership, status, 1)).toBeUndefined()
      expect(look(membership, 'dead', 1)).toBeUndefined()
      expect(look(membership, 'alive', 2)?.type).toBe('join')
    },
  )

  it('says nothing, and keeps its snapshot, while nothing changes', () => {
    const membership = new MemberView(self)
    const record = fact({ incarnation: 1 })
    membership.observe(record, 'alive', 0)
    const snapshot = membership.snapshot()
    expect(membership.observe(record, 'alive', 1)).toBeUndefined()
    expect(membership.snapshot()).toBe(snapshot)
    membership.observe(fact({ incarnation: 1 }, idOf('grace')), 'alive', 2)
    expect(membership.snapshot()).not.toBe(snapshot)
    expect(membership.snapshot().find(({ id }) => id === ada)).toBe(snapshot[0])
  })

  it('says nothing of oneself, and counts oneself', () => {
    const membership = new MemberView(self)
    expect(membership.observe(fact({ incarnation: 1 }, self), 'alive', 0)).toBeUndefined()
    look(membership, 'suspect', 1)
    expect([
      membership.count('alive'),
      membership.count('suspect'),
      membership.count('alive', 'suspect'),
    ]).toEqual([1, 1, 2])
  })

  it('orders its snapshot by id, and shows the addresses that it can read', () => {
    const membership = new MemberView(self)
    const address = '/ip4/192.0.2.1/tcp/4001'
    for (const id of [self, ada, idOf('grace')])
      membership.observe(
        fact({ incarnation: 1, addresses: [Uint8Array.of(255, 255, 255), multiaddr(address).bytes] }, id),
        'alive',
        0,
      )
    const ids = membership.snapshot().map(({ id }) => id)
    expect(ids).toEqual([...ids].sort())
    expect(membership.get(ada)?.addresses).toEqual([address])
  })

  it('keeps its snapshot in order and up to date, however many members change between two looks', () => {
    const random = mulberry32(7)
    const membership = new MemberView(self)
    const ids = Array.from({ length: 200 }, (_, i) => idOf(`m${i}`))
    for (let round = 0; round < 100; round++) {
      const count = round % 10 === 0 ? 150 : Math.floor(random() * 6)
      for (let i = 0; i < count; i++) {
        const id = ids[Math.floor(random() * ids.length)] ?? ada
        if (random() < 0.3) membership.forget(id)
        else membership.observe(fact({ incarnation: round + 1 }, id), 'alive', 0)
      }
      const expected = ids.flatMap(id => membership.get(id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(membership.snapshot()).toEqual(expected)
    }
  })

  it('is gone from the date of its death, then of its goodbye, until it is back', () => {
    const membership = new MemberView(self)
    const at = (status: MemberStatus, incarnation: number, nowMs: number) => {
      const leaving = status === 'left'
      membership.observe(fact({ incarnation, leaving }), leaving ? 'alive' : status, nowMs)
    }
    at('alive', 1, 0)
    expect(membership.departed(1_000_000, 0)).toEqual([])
    at('dead', 1, 1_000)
    at('left', 2, 5_000)
    expect(membership.departed(14_999, 10_000)).toEqual([])
    expect(membership.departed(15_000, 10_000)).toEqual([ada])
    at('alive', 3, 12_000)
    expect(membership.departed(1_000_000, 0)).toEqual([])
    membership.forget(ada)
    expect(membership.get(ada)).toBeUndefined()
  })
})
