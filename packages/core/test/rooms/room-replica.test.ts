import { beforeEach, describe, expect, it, vi } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import type { Instant } from '../../src/base/clock.ts'
import { type RoomListener, RoomReplica } from '../../src/rooms/room-replica.ts'
import type { SpaceMembership } from '../../src/spaces/space-roster.ts'
import type { FieldFact } from '../../src/wire/space-fact.ts'
import { fieldFact } from '../helpers/space-facts.ts'

const [self, ada] = [idOf('self'), idOf('ada')]
const now: Instant = { monotonicMs: 0, epochMs: 1_700_000_000_000 }
const members = new Map<string, SpaceMembership>()
let replica: RoomReplica
let listener: RoomListener

beforeEach(() => {
  members.clear()
  listener = {
    presenceChanged: vi.fn(),
    eventArrived: vi.fn(),
    carriedChanged: vi.fn(),
    unreachable: () => new Set(),
  }
  replica = new RoomReplica({
    self,
    spaceRoster: { of: id => members.get(id) },
    others: () => [],
    suspects: () => [],
    listener,
  })
})

function enter(id: string, generation: number | undefined): void {
  members.set(id, { status: 'alive', wasAlive: true, generation })
  replica.memberChanged(id)
}

function receive(fact: FieldFact): string {
  const admission = replica.admit(fact, now)
  if (admission === 'new') replica.merge(fact, now)
  return admission
}

const cursorOf = (author: string, version = 1, generation = 1): FieldFact =>
  fieldFact(author, { name: 'cursor', generation, version, value: version })

describe('presence of a member that is not known to be in the room', () => {
  it('is pending until its record shows the member in the room, and is not exchanged before', () => {
    enter(ada, undefined)
    expect(receive(cursorOf(ada))).toBe('new')
    expect(receive(cursorOf(ada))).toBe('stale')
    expect(receive(cursorOf(ada, 2))).toBe('new')
    expect(replica.facts.size).toBe(0)
    expect(replica.presence.fieldsOf(ada)).toEqual([])
    enter(ada, 1)
    expect(replica.presence.fieldsOf(ada)).toEqual([['cursor', 2]])
    expect(replica.facts.size).toBe(1)
  })

  it('is dropped if the record shows a later visit', () => {
    receive(cursorOf(ada))
    enter(ada, 2)
    expect(replica.presence.fieldsOf(ada)).toEqual([])
  })

  it('is dropped by the second sweep', () => {
    receive(cursorOf(ada))
    replica.sweep(now)
    replica.sweep(now)
    enter(ada, 1)
    expect(replica.presence.fieldsOf(ada)).toEqual([])
  })

  it('is rejected beyond 128 authors, while presence of members in the room is not', () => {
    replica.entered(1)
    enter(ada, 1)
    for (let i = 0; i < 128; i++) expect(receive(cursorOf(idOf(`stranger ${i}`)))).toBe('new')
    expect(receive(cursorOf(idOf('one more')))).toBe('rejected')
    expect(receive(cursorOf(ada))).toBe('new')
    expect(receive(cursorOf(self))).toBe('new')
  })
})

describe('presence of another generation than the record', () => {
  it('is pending, and replaces the other presence at once when the record shows the generation', () => {
    enter(ada, 1)
    receive(cursorOf(ada, 1, 1))
    const shown: unknown[] = []
    vi.mocked(listener.presenceChanged).mockImplementation(id => shown.push(replica.presence.fieldsOf(id)))
    expect(receive(cursorOf(ada, 2, 5))).toBe('new')
    expect(replica.presence.fieldsOf(ada)).toEqual([['cursor', 1]])
    enter(ada, 1)
    enter(ada, 5)
    expect(shown).toEqual([[['cursor', 1]], [['cursor', 1]], [['cursor', 2]]])
    expect(replica.facts.size).toBe(1)
  })

  it('replaces no presence of a generation that began later with a lower number, because the clock was ahead', () => {
    const ahead = now.epochMs + 40 * 86_400_000
    enter(ada, ahead)
    receive(cursorOf(ada, 1, ahead))
    enter(ada, 1)
    expect(replica.presence.fieldsOf(ada)).toEqual([])
    receive(cursorOf(ada, 2, 1))
    receive(cursorOf(ada, 9, ahead))
    enter(ada, 1)
    expect(replica.presence.fieldsOf(ada)).toEqual([['cursor', 2]])
    expect(replica.facts.size).toBe(1)
  })
})

describe('presence of the local member', () => {
  it('counts in the generation in which it is now, before its record shows that', () => {
    replica.entered(5)
    enter(self, 5)
    expect(receive(cursorOf(self, 1, 5))).toBe('new')
    replica.entered(3)
    expect(receive(cursorOf(self, 1, 3))).toBe('new')
    expect(replica.facts.size).toBe(1)
    enter(self, 3)
    expect(replica.presence.fieldsOf(self)).toEqual([['cursor', 1]])
  })

  it('of another generation is not stored, whether that is of an earlier process or was signed too late', () => {
    replica.entered(5)
    expect(receive(cursorOf(self, 1, 4))).toBe('stale')
    receive(cursorOf(self, 1, 6))
    expect(replica.facts.size).toBe(0)
    receive(cursorOf(self, 2, 5))
    expect(replica.presence.fieldsOf(self)).toEqual([['cursor', 2]])
  })
})
