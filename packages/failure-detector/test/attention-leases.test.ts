import { beforeEach, describe, expect, it } from 'vitest'
import { leaseFor, noLease } from '../src/attention.ts'
import { AttentionLeases } from '../src/attention-leases.ts'
import { ConnectionTracker } from '../src/connection-tracker.ts'
import { type Member, MemberList } from '../src/member-list.ts'
import { profiles } from '../src/parameters.ts'

const dayMs = 86_400_000

it.each([
  [1, 101],
  [dayMs, 100 + dayMs],
  [dayMs + 1, 100 + dayMs],
])('an announcement of %i ms at 100 ms lasts until %i ms', (leaseMs, untilMs) => {
  expect(leaseFor({ state: 'frozen', leaseMs }, 100, false)).toEqual({
    untilMs,
    state: 'frozen',
    isFirst: false,
  })
})

it.each([0, -1])('an announcement of %i ms is no lease', leaseMs => {
  expect(leaseFor({ state: 'hidden', leaseMs }, 100, true)).toBe(noLease)
})

describe('AttentionLeases', () => {
  let connections: ConnectionTracker
  let leases: AttentionLeases
  let memberList: MemberList
  let member: Member
  beforeEach(() => {
    connections = new ConnectionTracker(profiles.lan)
    leases = new AttentionLeases(connections)
    memberList = new MemberList('me')
    member = memberList.find('a')
    memberList.setState(member, { type: 'alive' })
    leases.renew(member, { attention: { state: 'frozen', leaseMs: 10_000 } }, 0)
  })

  it('ends a lease one second after the connection closed', () => {
    leases.connectionClosed(member, 5_000)
    expect(leases.nextMs()).toBe(6_000)
    expect(leases.takeExpired(5_999, false)).toEqual([])
    expect(leases.takeExpired(6_000, false)).toEqual([member])
    expect(member.lease).toBe(noLease)
  })

  it('does not end a lease in a grace period', () => {
    leases.connectionClosed(member, 5_000)
    expect(leases.takeExpired(6_000, true)).toEqual([])
    expect(member.lease.untilMs).toBe(10_000)
  })

  it.each([
    [9_999, 10_999],
    [10_000, Infinity],
  ])('closed at %i ms with a lease until 10,000 ms: next at %d', (closedMs, nextMs) => {
    leases.connectionClosed(member, closedMs)
    expect(leases.nextMs()).toBe(nextMs)
  })

  it.each([
    ['the connection opens again', () => leases.connectionOpened(member)],
    ['the member is forgotten', () => leases.forget(member)],
  ])('ends nothing when %s', (_, act) => {
    leases.connectionClosed(member, 5_000)
    act()
    expect(leases.nextMs()).toBe(Infinity)
    expect(leases.takeExpired(60_000, false)).toEqual([])
  })

  it.each([
    ['frozen', 'open', 10_000],
    ['frozen', 'closed', -Infinity],
    ['hidden', 'open', -Infinity],
    ['asleep', 'open', 10_000],
    ['asleep', 'closed', 10_000],
  ] as const)(
    'a suspicion of a member that is %s and whose connection is %s leaves a lease until %d',
    (state, connection, untilMs) => {
      leases.renew(member, { attention: { state, leaseMs: 10_000 } }, 0)
      connections.opened('a', 0)
      if (connection === 'closed') connections.closed('a', 0)
      leases.suspected(member)
      expect(member.lease.untilMs).toBe(untilMs)
    },
  )

  it('keeps the lease of a member that is asleep when its connection closes, before or after the record', () => {
    leases.connectionClosed(member, 0)
    leases.renew(member, { attention: { state: 'asleep', leaseMs: 10_000 } }, 500)
    expect(leases.takeExpired(1_000, false)).toEqual([])
    leases.connectionClosed(member, 2_000)
    expect(leases.nextMs()).toBe(Infinity)
    expect(member.lease.untilMs).toBe(10_500)
  })

  it.each([
    ['hidden', undefined],
    ['hidden', 'lease'],
    ['asleep', 'lease'],
  ] as const)('awaits a member after its connection closed: %s, %s', (state, lease) => {
    const attention = { state, leaseMs: 10_000 }
    leases.renew(member, { ...(lease && { attention }), returnsWithinMs: 5_000 }, 0)
    expect(member.awaitedUntilMs).toBe(-Infinity)
    leases.connectionClosed(member, 1_000)
    expect(member.awaitedUntilMs).toBe(6_000)
    expect(leases.nextMs()).toBe(state === 'asleep' ? Infinity : 6_000)
    leases.connectionOpened(member)
    expect(member.awaitedUntilMs).toBe(-Infinity)
    expect(leases.nextMs()).toBe(Infinity)
  })

  it('ends the lease of a member that was asleep already when it became known, when another member suspects it', () => {
    const newcomer = memberList.find('b')
    leases.renew(newcomer, { attention: { state: 'asleep', leaseMs: 10_000 } }, 0)
    memberList.setState(newcomer, { type: 'alive' })
    leases.suspected(newcomer)
    expect(newcomer.lease).toBe(noLease)
  })
})
