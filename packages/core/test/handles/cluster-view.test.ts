import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { MachineClusterView } from '../../src/handles/cluster-view.ts'
import type { MembershipMachine } from '../../src/member/membership-machine.ts'
import { PrivateRooms } from '../../src/spaces/private-rooms.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'

const spaces = [
  { space: 'a', generation: 3 },
  { space: 'b', generation: 5 },
]
let records: Map<string, { record: { record: { spaces: typeof spaces } } }>
let view: MachineClusterView
let privateRooms: PrivateRooms

beforeEach(() => {
  privateRooms = new PrivateRooms()
  records = new Map([['other', { record: { record: { spaces } } }]])
  const machine = {
    member: (id: string) => (id === 'other' || id === 'new' ? { id, status: 'suspect' } : undefined),
    members: () => [{ id: 'self' }, { id: 'other' }],
    wasAlive: () => true,
    isSettled: ({ monotonicMs }: { monotonicMs: number }) => monotonicMs >= 10,
    table: { get: (id: string) => records.get(id) },
  } as unknown as MembershipMachine
  view = new MachineClusterView('self', machine, new ManualClock(), privateRooms)
})

describe('the cluster as spaces see it', () => {
  it('contains members with their status and their spaces', () => {
    expect(view.memberIds()).toEqual(['self', 'other'])
    expect(view.member('other')).toEqual({ status: 'suspect', wasAlive: true, spaces })
    expect(view.rosterOf('a').of('other')).toEqual({ status: 'suspect', wasAlive: true, generation: 3 })
    expect(view.rosterOf('c').of('other')).toEqual({
      status: 'suspect',
      wasAlive: true,
      generation: undefined,
    })
  })

  it('shows a member in a private room under the space tag of the room', () => {
    const room = privateRoomOf('design')
    const other = idOf('other')
    records.set('other', { record: { record: { spaces: [{ space: room.tagOf('other'), generation: 7 }] } } })
    expect(view.rosterOf(room.space).of('other')?.generation).toBeUndefined()
    privateRooms.add(room)
    expect(view.rosterOf(room.space).of('other')?.generation).toBe(7)
    expect(room.tagOf(other)).not.toBe(room.space)
  })

  it('does not contain a member whose record is not known', () => {
    expect(view.member('new')).toBeUndefined()
    expect(view.rosterOf('a').of('unknown')).toBeUndefined()
  })

  it('is settled when the machine is, at the present time', () => {
    expect(view.isSettled()).toBe(false)
  })
})
