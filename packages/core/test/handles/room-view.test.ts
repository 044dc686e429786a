import { beforeEach, describe, expect, it } from 'vitest'
import { PresenceChanges } from '../../src/handles/presence-changes.ts'
import { RoomView } from '../../src/handles/room-view.ts'
import type { Member } from '../../src/member/member.ts'
import { awarenessField, documentsField } from '../../src/rooms/reserved-fields.ts'
import { RoomReplica } from '../../src/rooms/room-replica.ts'
import { viewAwarenessField, viewField, viewHeaderField } from '../../src/rooms/view-fields.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import type { SpaceMembership } from '../../src/spaces/space-roster.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { fieldFact } from '../helpers/space-facts.ts'

const now = { monotonicMs: 0, epochMs: 0 }
let memberships: Map<string, SpaceMembership>
let changes: PresenceChanges
let replica: RoomReplica
let view: RoomView

beforeEach(() => {
  memberships = new Map()
  changes = new PresenceChanges()
  const spaceRoster = { of: (id: string) => memberships.get(id) }
  const others = () => [...memberships.keys()]
  replica = new RoomReplica({
    self: 'self',
    spaceRoster,
    others,
    suspects: () => [],
    listener: {
      presenceChanged: (id, field) => changes.add(id, field),
      eventArrived() {},
      carriedChanged() {},
      unreachable: () => new Set(),
    },
  })
  view = new RoomView(
    {
      space: 'space',
      driver: { othersIn: () => others() },
      notifications: new AppNotifications(new ManualClock()),
      cluster: { self: 'self' },
      spaceRoster,
      memberOf: id => ({ id }) as Member,
    },
    replica,
  )
})

function enter(id: string, generation = 1): void {
  memberships.set(id, { status: 'alive', wasAlive: true, generation })
  replica.memberChanged(id)
}

function publish(id: string, name: string, value: unknown, generation = 1, version = 1): void {
  replica.merge(fieldFact(id, { name, value: value as never, generation, version }), now)
}

function show() {
  const shown = changes
  changes = new PresenceChanges()
  return view.show(shown)
}

describe('a room view', () => {
  it('lists a member that enters, also if its fields arrive in the same step', () => {
    expect(view.members.getSnapshot().map(({ id }) => id)).toEqual(['self'])
    enter('a')
    publish('a', documentsField, {})
    expect(show()).toEqual([{ id: 'a', fields: [] }])
    expect(view.members.getSnapshot().map(({ id }) => id)).toEqual(['a', 'self'])
  })

  it('keeps the list of members while only fields change', () => {
    enter('a')
    show()
    const members = view.members.getSnapshot()
    publish('a', 'cursor', 1)
    show()
    expect(view.members.getSnapshot()).toBe(members)
  })

  it('hides the fields of a former generation', () => {
    enter('a')
    publish('a', documentsField, {})
    publish('a', 'cursor', 1)
    show()
    expect(view.others.getSnapshot()).toEqual([{ id: 'a', presence: { cursor: 1 }, views: [] }])
    enter('a', 2)
    show()
    expect(view.others.getSnapshot()).toEqual([])
    publish('a', documentsField, {}, 2)
    expect(show()).toEqual([{ id: 'a', fields: [] }])
    expect(view.others.getSnapshot()).toEqual([{ id: 'a', presence: {}, views: [] }])
  })

  it('shows no member that is a suspect and was never seen alive', () => {
    memberships.set('a', { status: 'suspect', wasAlive: false, generation: 1 })
    replica.memberChanged('a')
    publish('a', documentsField, {})
    expect(show()).toEqual([])
    expect(view.others.getSnapshot()).toEqual([])
  })

  it('returns the awareness of shown members, if it can be read', () => {
    for (const id of ['a', 'b', 'c']) enter(id)
    for (const id of ['a', 'b']) publish(id, documentsField, {})
    publish('a', awarenessField('notes'), { client: 7, state: { name: 'Ada' } })
    publish('b', awarenessField('notes'), { client: -1, state: {} })
    publish('c', awarenessField('notes'), { client: 8, state: {} })
    show()
    expect(view.claimsIn('notes')).toEqual([{ member: 'a', client: 7, state: { name: 'Ada' } }])
    expect(view.claimsIn('other')).toEqual([])
  })

  it('names what a change of views changes, once for each member and step', () => {
    enter('a')
    publish('a', documentsField, {})
    publish('a', 'cursor', 0)
    show()
    publish('a', viewHeaderField(0), { id: 'main', focus: 1, number: 1 })
    publish('a', viewHeaderField(1), { id: 'side', focus: 2, number: 1 })
    publish('a', viewField(0, 'cursor'), [1, 1])
    publish('a', viewField(1, 'cursor'), [1, 2])
    expect(show()).toEqual([{ id: 'a', fields: ['cursor'] }])
    expect(view.others.getSnapshot()).toMatchObject([{ id: 'a', presence: { cursor: 2 } }])
    publish('a', viewHeaderField(0), { id: 'main', focus: 3, number: 1 }, 1, 2)
    expect(show()).toEqual([{ id: 'a', fields: ['cursor'] }])
    expect(view.others.getSnapshot()).toMatchObject([{ presence: { cursor: 1 } }])
    publish('a', viewField(1, 'note'), [1, 'covered by none'], 1, 3)
    publish('a', viewField(1, 'cursor'), [1, 'covered'], 1, 4)
    publish('a', 'cursor', 'covered', 1, 5)
    expect(show()).toEqual([{ id: 'a', fields: ['note', 'cursor'] }])
  })

  it('names nothing if views change nothing that is shown', () => {
    enter('a')
    publish('a', documentsField, {})
    publish('a', 'cursor', 0)
    show()
    const before = view.others.getSnapshot()
    publish('a', viewField(0, 'cursor'), [1, 1])
    publish('a', 'view:what', 1)
    publish('a', viewHeaderField(3), 'no header')
    publish('a', viewAwarenessField(0, 'notes'), [1, { client: 1, state: {} }])
    expect(show()).toEqual([])
    expect(view.others.getSnapshot()).toBe(before)
    publish('a', viewHeaderField(1), { id: 'empty', focus: 0, number: 1 })
    expect(show()).toEqual([])
    expect(view.others.getSnapshot()).toEqual([
      { id: 'a', presence: { cursor: 0 }, views: [{ id: 'empty', presence: {} }] },
    ])
    const [shown] = view.others.getSnapshot()
    publish('a', viewHeaderField(1), { id: 'empty', focus: 1, number: 1 }, 1, 2)
    expect(show()).toEqual([])
    expect(view.others.getSnapshot()[0]).toBe(shown)
  })

  it('hides the views of a former generation, and of a member that is dead', () => {
    enter('a')
    publish('a', documentsField, {})
    publish('a', viewHeaderField(0), { id: 'main', focus: 0, number: 1 })
    publish('a', viewField(0, 'cursor'), [1, 1])
    show()
    const shown = [{ id: 'a', presence: { cursor: 1 }, views: [{ id: 'main', presence: { cursor: 1 } }] }]
    expect(view.others.getSnapshot()).toEqual(shown)
    memberships.set('a', { status: 'dead', wasAlive: true, generation: 1 })
    replica.memberChanged('a')
    expect(show()).toEqual([{ id: 'a', fields: [] }])
    expect(view.others.getSnapshot()).toEqual([])
    enter('a')
    expect(show()).toEqual([{ id: 'a', fields: [] }])
    expect(view.others.getSnapshot()).toEqual(shown)
    enter('a', 2)
    publish('a', documentsField, {}, 2)
    expect(show()).toEqual([{ id: 'a', fields: [] }])
    expect(view.others.getSnapshot()).toEqual([{ id: 'a', presence: {}, views: [] }])
  })

  it('returns the awareness of views that are shown', () => {
    enter('a')
    publish('a', documentsField, {})
    publish('a', awarenessField('notes'), { client: 1, state: {} })
    publish('a', viewAwarenessField(0, 'notes'), [1, { client: 2, state: { of: 'main' } }])
    publish('a', viewAwarenessField(1, 'notes'), [2, { client: 3, state: {} }])
    publish('a', viewHeaderField(1), { id: 'later', focus: 0, number: 3 })
    show()
    expect(view.claimsIn('notes')).toEqual([{ member: 'a', client: 1, state: {} }])
    publish('a', viewHeaderField(0), { id: 'main', focus: 0, number: 1 })
    show()
    expect(view.claimsIn('notes')).toEqual([
      { member: 'a', client: 1, state: {} },
      { member: 'a', view: 'main', client: 2, state: { of: 'main' } },
    ])
    expect(view.claimsIn('other')).toEqual([])
  })

  it('does not show the local member among the others', () => {
    changes.add('self', 'cursor')
    expect(show()).toEqual([])
  })
})

describe('presence changes', () => {
  it('distinguish a member that changed as a whole from changed fields', () => {
    const changes = new PresenceChanges()
    changes.add('a', 'x')
    expect([changes.hasWhole, changes.hasField(name => name === 'x')]).toEqual([false, true])
    changes.add('a', undefined)
    expect([changes.hasWhole, changes.hasField(name => name === 'y')]).toEqual([true, false])
    expect([...changes.fields]).toEqual([['a', new Set(['x'])]])
  })
})
