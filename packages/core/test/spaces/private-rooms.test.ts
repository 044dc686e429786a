import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { PrivateRooms } from '../../src/spaces/private-rooms.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'

const [ada, bob] = [idOf('ada'), idOf('bob')]
const room = privateRoomOf('design')
const open = { space: 'aa'.repeat(12), generation: 1 }

let rooms: PrivateRooms
beforeEach(() => {
  rooms = new PrivateRooms()
})

describe('private rooms in records', () => {
  it('have another tag in the record of each member, which every member of the room recognises', () => {
    rooms.add(room)
    const inside = { space: room.space, generation: 2 }
    const announced = [ada, bob].map(id => rooms.announced(id, [open, inside]))
    const tags = announced.map(([, each]) => each?.space)
    expect(new Set([...tags, room.space]).size).toBe(3)
    expect(announced.map(([first]) => first)).toEqual([open, open])
    expect([ada, bob].map((id, i) => rooms.spacesIn(id, announced[i] ?? []))).toEqual([
      [open, inside],
      [open, inside],
    ])
  })

  it('do not show a member that copies the tag of another member, or the space tag', () => {
    rooms.add(room)
    const copied = [room.tagOf(ada), room.space].map(space => ({ space, generation: 9 }))
    expect(rooms.spacesIn(bob, copied).some(({ space }) => space === room.space)).toBe(false)
  })

  it('are recognised in records that arrived before the local member entered the room, and not after it left', () => {
    const record = [{ space: room.tagOf(bob), generation: 3 }]
    expect(rooms.spacesIn(bob, record)).toEqual(record)
    rooms.add(room)
    expect(rooms.spacesIn(bob, record)).toEqual([{ space: room.space, generation: 3 }])
    rooms.remove(room.space)
    expect(rooms.spacesIn(bob, record)).toEqual(record)
    expect(rooms.of(room.space)).toBeUndefined()
  })
})
