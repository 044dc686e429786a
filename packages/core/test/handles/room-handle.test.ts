import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { InvalidValueError, NotRunningError } from '../../src/api/errors.ts'
import { documentsField } from '../../src/rooms/reserved-fields.ts'
import * as limits from '../../src/wire/limits.ts'
import { field, RoomBench } from './room-bench.ts'

const other = idOf('other')
let bench: RoomBench

beforeEach(async () => {
  bench = await RoomBench.open()
})

describe('a room handle', () => {
  it('announces at once that no document is open', () => {
    expect(bench.publishedFields).toEqual([[documentsField, {}]])
  })

  it('publishes the fields of its presence that changed', async () => {
    await bench.clock.pass(1_000)
    bench.published.length = 0
    bench.room.presence.set({ cursor: { x: 1 }, name: 'Ada' })
    expect(bench.room.presence.own.getSnapshot()).toEqual({ cursor: { x: 1 }, name: 'Ada' })
    bench.room.presence.set({ cursor: { x: 2 }, name: 'Ada' })
    await bench.clock.pass(1_000)
    expect(bench.publishedFields).toEqual([
      ['cursor', { x: 1 }],
      ['name', 'Ada'],
      ['cursor', { x: 2 }],
    ])
  })

  it.each([documentsField, 'unreachable:', 'awareness:notes', 'view:', 'view:0', 'view:0:cursor'])(
    'rejects the reserved field %s',
    async name => {
      await bench.clock.pass(1_000)
      bench.published.length = 0
      expect(() => bench.room.presence.set({ cursor: 1, [name]: 1 })).toThrow(InvalidValueError)
      await bench.clock.pass(1_000)
      expect(bench.published).toEqual([])
      expect(bench.room.presence.own.getSnapshot()).toEqual({})
    },
  )

  it('shows another member when its announcement has arrived, with its fields', () => {
    const { presence, members } = bench.room
    const updates: unknown[] = []
    presence.events.addEventListener('update', ({ detail }) => {
      updates.push(detail, presence.others.getSnapshot())
    })
    bench.enter(other, 1)
    expect(members.getSnapshot().map(({ id }) => id)).toContain(other)
    bench.receive(other, field('cursor', 1))
    expect(presence.others.getSnapshot()).toEqual([])
    expect(updates).toEqual([])
    bench.receive(other, field(documentsField, {}))
    const shown = [{ id: other, presence: { cursor: 1 }, views: [] }]
    expect(presence.others.getSnapshot()).toEqual(shown)
    expect(updates).toEqual([{ id: other, fields: [] }, shown])
  })

  it('names the changed fields, and not the reserved ones', () => {
    const updates: unknown[] = []
    bench.enter(other, 1)
    bench.receive(other, field(documentsField, {}))
    bench.room.presence.events.addEventListener('update', ({ detail }) => updates.push(detail))
    bench.receive(other, field('cursor', 1), field('name', 2), field('awareness:', {}))
    bench.receive(other, field('awareness:', { a: 1 }, 2))
    expect(updates).toEqual([{ id: other, fields: ['cursor', 'name'] }])
  })

  it('hides a member that is dead, and shows it again', () => {
    bench.enter(other, 1)
    bench.receive(other, field(documentsField, {}), field('cursor', 1))
    bench.enter(other, 1, 'dead')
    expect(bench.room.presence.others.getSnapshot()).toEqual([])
    bench.enter(other, 1)
    expect(bench.room.presence.others.getSnapshot()).toEqual([
      { id: other, presence: { cursor: 1 }, views: [] },
    ])
  })

  it('emits broadcasts of others, each once, and not its own', () => {
    const events: unknown[] = []
    bench.room.events.addEventListener('event', ({ detail }) => events.push(detail))
    bench.enter(other, 1)
    const broadcast = { type: 'event', generation: 1, number: 1, value: 'hello' } as const
    bench.receive(other, broadcast)
    bench.receive(other, broadcast)
    bench.room.broadcast('own')
    expect(events).toEqual([{ from: other, value: 'hello' }])
    const own = bench.published.flatMap(fact => (fact.type === 'event' ? [[fact.number, fact.value]] : []))
    expect(own).toEqual([[1, 'own']])
  })

  it('rejects a broadcast that is too long, and counts only those that it sent', () => {
    expect(() => bench.room.broadcast('x'.repeat(limits.maxEventBytes))).toThrow(InvalidValueError)
    bench.room.broadcast(1)
    expect(bench.published.flatMap(fact => (fact.type === 'event' ? [fact.number] : []))).toEqual([1])
  })

  it('announces an open document, and stores its changes', async () => {
    const { doc, provider } = bench.room.document('notes')
    expect(bench.room.document('notes').doc).toBe(doc)
    doc.getText('text').insert(0, 'a')
    await bench.clock.pass(1_000)
    await provider.stored()
    expect(Object.keys(bench.publishedFields.at(-1)?.[1] ?? {})).toEqual(['notes'])
    expect(bench.published.filter(({ type }) => type === 'update').length).toBe(1)
  })

  it('draws another client id when a member with a smaller id writes under the same one', () => {
    const [smaller = ''] = [other, idOf('self')].sort()
    const { doc } = bench.room
    const { clientID } = doc
    bench.enter(other, 1)
    bench.receive(other, field(documentsField, { '': { c: clientID } }))
    expect(doc.clientID === clientID).toBe(smaller !== other)
  })

  it('publishes nothing after it was left, and rejects every call that would', async () => {
    const { room } = bench
    const { doc, provider } = room.document('notes')
    await bench.clock.pass(1_000)
    room.presence.set({ cursor: 1 })
    room.presence.set({ cursor: 2 })
    room.leave()
    room.leave()
    expect(bench.leaves).toBe(1)
    expect(provider.status).toBe('disconnected')
    bench.published.length = 0
    const error = "the room 'design' was left: enter it again"
    expect(() => room.presence.set({ cursor: 3 })).toThrow(new NotRunningError(error))
    expect(() => room.broadcast(1)).toThrow(new NotRunningError(error))
    expect(() => room.document('other')).toThrow(new NotRunningError(error))
    expect(room.document('notes').doc).toBe(doc)
    doc.getText('text').insert(0, 'a')
    await bench.clock.pass(10_000)
    expect(bench.published).toEqual([])
  })
})
