import { describe, expect, it } from 'vitest'
import { createRelativePositionFromTypeIndex, Doc } from 'yjs'
import { InvalidValueError } from '../../src/api/errors.ts'
import { checkFields, LocalPresence } from '../../src/handles/local-presence.ts'
import { awarenessField } from '../../src/rooms/reserved-fields.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const half = '\ud83d'

describe('local presence', () => {
  it.each<[unknown]>([[{}], [{ cursor: { x: 1 } }], [Object.create(null)], [{ gone: undefined }]])(
    'is set by an object of fields: %j',
    change => {
      expect(() => checkFields(change)).not.toThrow()
    },
  )

  it.each<[unknown]>([['str'], [null], [undefined], [5], [true], [[]], [new Map()], [new Date()], [() => 1]])(
    'is not set by %j',
    change => {
      expect(() => checkFields(change)).toThrow(InvalidValueError)
      expect(() => checkFields(change)).toThrow(/^presence: give an object of fields/)
    },
  )

  it.each<[change: Record<string, unknown>, message: string]>([
    [{ cursor: { x: Number.NaN } }, "presence: 'cursor.x' is NaN: JSON has no such number"],
    [{ list: [{ 'a b': new Date(0) }] }, `presence: 'list[0]["a b"]' is a Date: share`],
    [{ x: Number.POSITIVE_INFINITY }, "presence: 'x' is Infinity"],
    [{ x: `ab${half}` }, "presence: 'x' has half of a surrogate pair at index 2"],
    [{ x: { [half]: 1 } }, "presence: 'x' has a key '\ufffd' that has half of a surrogate pair at index 0"],
    [{ [`long${half}`]: 1 }, "presence: the field name 'long\ufffd' has half of a surrogate pair at index 4"],
    [{ ['x'.repeat(145)]: 1 }, 'has 145 bytes: give at most 144'],
    [{ x: 'x'.repeat(16_384) }, 'presence: 16394 bytes, at most 16384'],
  ])('rejects a value that JSON would change, and changes nothing: %.60j', (change, message) => {
    const own = new LocalPresence(new AppNotifications(new ManualClock()))
    own.set({ before: 1 })
    own.takeUnsent()
    expect(() => own.set({ before: 2, ...change })).toThrow(InvalidValueError)
    expect(() => own.set({ before: 2, ...change })).toThrow(message)
    expect(own.store.getSnapshot()).toEqual({ before: 1 })
    expect(own.takeUnsent()).toEqual([])
  })

  it('shows the values that other members read', () => {
    const own = new LocalPresence(new AppNotifications(new ManualClock()))
    own.set({ cursor: { x: -0, gone: undefined } })
    expect(own.store.getSnapshot()).toStrictEqual({ cursor: { x: 0 } })
    expect(own.takeUnsent()).toMatchObject([{ name: 'cursor', value: { x: 0 } }])
  })

  it('accepts awareness with Yjs positions, as editor bindings set it, and rejects values that JSON would change', () => {
    const own = new LocalPresence(new AppNotifications(new ManualClock()))
    const anchor = createRelativePositionFromTypeIndex(new Doc().getText('text'), 0)
    const field = awarenessField('notes')
    own.set({ [field]: { client: 1, state: { cursor: { anchor } } } })
    expect(own.takeUnsent()).toMatchObject([
      { value: JSON.parse(JSON.stringify({ state: { cursor: { anchor } } })) },
    ])
    expect(() => own.set({ [field]: { client: 1, state: { user: { name: half } } } })).toThrow(
      "awareness: 'state.user.name' has half of a surrogate pair",
    )
  })

  it('publishes all fields in another generation, without those that were removed, when there are too many names', () => {
    let present = 1
    const renew = () => {
      present += 1
    }
    const own = new LocalPresence(new AppNotifications(new ManualClock()), { present: () => present, renew })
    own.set({ lasting: 1 })
    const names = new Map<number, Set<string>>()
    for (let i = 0; i < 1_000; i++) {
      own.set({ [`f${i}`]: i })
      own.set({ [`f${i}`]: undefined })
      for (const body of own.takeUnsent())
        if (body.type === 'field') {
          const ofGeneration = names.get(body.generation) ?? new Set()
          names.set(body.generation, ofGeneration.add(body.name))
        }
    }
    expect(names.size).toBe(4)
    for (const ofGeneration of names.values()) {
      expect(ofGeneration).toContain('lasting')
      expect(ofGeneration.size).toBeLessThanOrEqual(256)
    }
    own.renew()
    expect(own.takeUnsent()).toMatchObject([{ generation: 5, name: 'lasting', value: 1 }])
    expect(own.takeUnsent()).toEqual([])
  })

  it('sends each removal to a receiver that does not keep the names', () => {
    const own = new LocalPresence(new AppNotifications(new ManualClock()))
    for (let i = 0; i < 1_000; i++) own.set({ [`f${i}`]: i, [`f${i - 1}`]: undefined })
    expect(own.takeUnsent()).toHaveLength(1_000)
    expect(own.store.getSnapshot()).toEqual({ f999: 999 })
  })

  it('has at most 64 fields at the same time', () => {
    const own = new LocalPresence(new AppNotifications(new ManualClock()))
    for (let i = 0; i < 64; i++) own.set({ [awarenessField(`${i}`)]: { client: 1, state: {} } })
    expect(() => own.set({ more: 1 })).toThrow(
      'presence: at most 64 different fields, with the awareness of each document. Remove some',
    )
    own.set({ [awarenessField('7')]: undefined })
    own.set({ more: 1 })
  })
})
