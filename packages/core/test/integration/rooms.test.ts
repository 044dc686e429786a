import { afterEach, describe, expect, it } from 'vitest'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { until } from '../../../../test/helpers/until.ts'
import { InvalidValueError, NotRunningError } from '../../src/api/errors.ts'
import type { RoomEvent } from '../../src/api/room.ts'
import { joinMany, leaveAll, listenTo, untilAllSee } from './members.ts'

afterEach(leaveAll)

interface Shown {
  cursor: { x: number; y: number }
  note: string
}

describe('a room over TCP and Noise', { timeout: 60_000 }, () => {
  it('shows presence of all other members, and its changes', async () => {
    const members = await joinMany('presence', 4)
    await untilAllSee(members, 4)
    const [first, second, third] = await Promise.all(members.map(member => member.room<Shown>('design')))
    if (!first || !second || !third) throw new Error('four members enter a room')
    await until(first.presence.others, others => others.length === 3)
    second.presence.set({ cursor: { x: 1, y: 2 } })
    second.presence.set({ note: 'hello' })
    const { id } = members[1]?.self ?? members[0].self
    for (const room of [first, third])
      await until(
        room.presence.others,
        others => others.find(other => other.id === id)?.presence.note === 'hello',
      )
    expect(first.presence.others.getSnapshot().find(other => other.id === id)?.presence).toEqual({
      cursor: { x: 1, y: 2 },
      note: 'hello',
    })
    second.leave()
    await until(first.presence.others, others => others.length === 2)
    expect(first.members.getSnapshot().map(member => member.id)).not.toContain(id)
    expect(() => second.presence.set({ note: 'gone' })).toThrow(NotRunningError)
  })

  it('delivers a broadcast to all other members', async () => {
    const members = await joinMany('broadcast', 4)
    await untilAllSee(members, 4)
    const [first, ...rest] = await Promise.all(members.map(member => member.room('design')))
    if (!first) throw new Error('four members enter a room')
    await until(first.presence.others, others => others.length === 3)
    const received = rest.map(
      room =>
        new Promise<RoomEvent>(resolve => {
          room.events.addEventListener('event', ({ detail }) => resolve(detail), { once: true })
        }),
    )
    first.broadcast({ wave: true })
    const from = members[0].self.id
    expect(await Promise.all(received)).toEqual(rest.map(() => ({ from, value: { wave: true } })))
  })

  it('shares a document and its awareness', async () => {
    const members = await joinMany('documents', 3)
    await untilAllSee(members, 3)
    const [first, second, third] = await Promise.all(members.map(member => member.room('design')))
    if (!first || !second || !third) throw new Error('three members enter a room')
    first.awareness.setLocalStateField('user', { name: 'ada' })
    first.doc.getText('text').insert(0, 'hello')
    second.doc.getText('text').insert(0, 'x'.repeat(400_000))
    const rooms = [first, second, third]
    for (const room of rooms) {
      await whenSo(
        look => room.doc.on('update', look),
        () => textOf(room).length === 400_005,
      )
      await whenSo(
        look => room.provider.on('synced', look),
        () => room.provider.synced,
      )
    }
    expect(new Set(rooms.map(textOf)).size).toBe(1)
    const { awareness } = third
    await whenSo(
      look => awareness.on('change', look),
      () => awareness.getStates().has(first.doc.clientID),
    )
    expect(awareness.getStates().get(first.doc.clientID)).toEqual({ user: { name: 'ada' } })
  })

  it('continues probes, documents and config while all members move their cursors 60 times a second', async () => {
    const members = await joinMany('busy', 8)
    await untilAllSee(members, 8)
    const rooms = await Promise.all(members.map(member => member.room<Shown>('design')))
    const configs = await Promise.all(members.map(member => member.config('flags')))
    const [first, last] = [rooms[0], rooms.at(-1)]
    if (!first || !last) throw new Error('eight members enter a room')
    for (const room of rooms) await until(room.presence.others, others => others.length === 7)
    const received = members.map(listenTo)
    let updates = 0
    last.presence.events.addEventListener('update', () => {
      updates += 1
    })
    const moving = rooms.map((room, y) => {
      let x = 0
      return setInterval(() => room.presence.set({ cursor: { x: x++, y } }), 1_000 / 60)
    })
    try {
      for (let edit = 0; edit < 20; edit++) {
        first.doc.getText('text').insert(0, 'x')
        const { length } = first.doc.getText('text')
        if (last.doc.getText('text').length < length)
          await new Promise<void>(resolve => {
            const look = () => {
              if (last.doc.getText('text').length < length) return
              last.doc.off('update', look)
              resolve()
            }
            last.doc.on('update', look)
          })
        await configs[0]?.set('edit', edit)
        await Promise.all(configs.map(({ entries }) => until(entries, all => all['edit'] === edit)))
      }
      // Each member is probed several times.
      await Promise.all(
        members.map(({ heartbeats }) =>
          until(
            heartbeats,
            heartbeats => [...heartbeats.values()].filter(({ sequence }) => sequence > 1).length === 8,
          ),
        ),
      )
    } finally {
      for (const timer of moving) clearInterval(timer)
    }
    expect(updates).toBeGreaterThan(0)
    expect(received.flat().filter(({ type }) => type !== 'update')).toEqual([])
  })

  it('rejects values that cannot be shared, and changes nothing', async () => {
    const [member] = await joinMany('refused', 1)
    const room = await member.room<Record<string, unknown>>('design')
    room.presence.set({ note: 'kept' })
    const before = room.presence.own.getSnapshot()
    const tooLarge = { note: 'x'.repeat(16_384) }
    expect(() => room.presence.set(tooLarge)).toThrow(/at most 16384/)
    expect(() => room.presence.set({ note: () => {} })).toThrow(InvalidValueError)
    expect(() => room.presence.set({ fine: 1, circle: circle() })).toThrow(/'circle'/)
    expect(() => room.broadcast('x'.repeat(40_000))).toThrow(/at most 32000/)
    expect(room.presence.own.getSnapshot()).toBe(before)
    await expect(member.room('')).rejects.toThrow(/1 to 128 bytes/)
    expect(await member.room('design')).toBe(room)
  })
})

/** Resolves when the condition holds: checked now and whenever `watch` calls back. */
function whenSo(watch: (look: () => void) => void, isSo: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (isSo()) resolve()
    }
    watch(look)
    look()
  })
}

function circle(): unknown {
  const around: Record<string, unknown> = {}
  around['self'] = around
  return around
}
