import { beforeEach, describe, expect, it } from 'vitest'
import type { DetectorEffect } from '../src/index.ts'
import { type Member, MemberList } from '../src/member-list.ts'
import { profiles } from '../src/parameters.ts'
import { SuspicionTimers } from '../src/suspicion-timers.ts'

const notDeferred = (): number => -Infinity

describe('SuspicionTimers', () => {
  let effects: DetectorEffect[]
  let list: MemberList
  let timers: SuspicionTimers
  const add = (id: string): Member => {
    const member = list.find(id)
    timers.markAlive(member, 1)
    return member
  }
  const deadlineMs = (member: Member): number =>
    member.state.type === 'suspect' ? member.state.suspicion.deadlineMs : Number.NaN
  beforeEach(() => {
    effects = []
    list = new MemberList('me')
    timers = new SuspicionTimers('me', profiles.lan, list, effect => effects.push(effect))
  })

  it('shortens a suspicion to refusedFloorMs only for refused observers that are alive', () => {
    const [a, b] = ['a', 'b', 'c'].map(add) as [Member, Member]
    timers.suspect(a, true, 0)
    timers.addClaim(a, 'unknown', true, 0)
    expect(deadlineMs(a)).toBeGreaterThan(500)
    timers.leave(b, 1)
    timers.addClaim(a, 'b', true, 0)
    expect(deadlineMs(a)).toBeGreaterThan(500)
    timers.addClaim(a, 'c', true, 0)
    expect(deadlineMs(a)).toBe(500)
  })

  it('needs one refused observer when no other member is alive, also for running suspicions', () => {
    const [a, b] = ['a', 'b'].map(add) as [Member, Member]
    timers.suspect(a, true, 0)
    expect(deadlineMs(a)).toBe(18_000)
    timers.addClaim(b, 'x', false, 100)
    expect([deadlineMs(a), timers.nextMs()]).toEqual([500, 500])
  })

  it('keeps running suspicions while another member is alive', () => {
    const [a, b] = ['a', 'b', 'c', 'd'].map(add) as [Member, Member]
    timers.suspect(a, true, 0)
    timers.addClaim(b, 'x', false, 100)
    expect(timers.nextMs()).toBe(18_000)
  })

  it('returns a suspect at its deadline, not before, and once', () => {
    const a = add('a')
    timers.addClaim(a, 'x', false, 0)
    expect([timers.takeDue(2_999, notDeferred), timers.takeDue(3_000, notDeferred)]).toEqual([[], [a]])
    expect(timers.takeDue(9_000, notDeferred)).toEqual([])
  })

  it('defers a deadline, and sets the original one again when the lease ends', () => {
    const a = add('a')
    timers.addClaim(a, 'x', false, 0)
    expect(timers.takeDue(3_000, () => 8_000)).toEqual([])
    expect(timers.nextMs()).toBe(8_000)
    timers.rearm(a)
    expect(timers.nextMs()).toBe(3_000)
  })

  it('sets no deadline for a member that is not suspect', () => {
    timers.rearm(add('a'))
    expect(timers.nextMs()).toBe(Infinity)
  })

  it.each([
    ['markAlive', (member: Member) => timers.markAlive(member, 2, 'recover'), ['recover']],
    ['leave', (member: Member) => timers.leave(member, 2), []],
    ['fail', (member: Member) => timers.fail(member, 5_000), ['fail']],
    ['forget', (member: Member) => timers.forget(member), []],
  ] as const)('%s ends a suspicion', (_, end, types) => {
    const a = add('a')
    timers.addClaim(a, 'x', false, 0)
    effects = []
    end(a)
    expect(effects.map(({ type }) => type)).toEqual(types)
    expect(timers.nextMs()).toBe(Infinity)
  })

  it('publishes its own claim only if the claim makes a difference', () => {
    const a = add('a')
    for (const id of ['b', 'c', 'd', 'e', 'f']) add(id)
    for (const observer of ['b', 'c', 'd', 'e']) timers.addClaim(a, observer, false, 0)
    effects = []
    timers.suspect(a, false, 10)
    expect(effects).toEqual([])
    timers.suspect(a, true, 10)
    expect(effects).toEqual([{ type: 'publish-suspicion', subject: 'a', incarnation: 1, refused: true }])
  })
})
