import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { InvalidOptionsError, InvalidValueError, NotRunningError } from '../../src/api/errors.ts'
import { LocalPresence } from '../../src/handles/local-presence.ts'
import { otherOf } from '../../src/handles/other-presence.ts'
import type { PresencePublisher } from '../../src/handles/presence-publisher.ts'
import { PresenceViews } from '../../src/handles/presence-views.ts'
import { readPresence } from '../../src/rooms/member-views.ts'
import { PresenceRegisters } from '../../src/rooms/presence-registers.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import { type Json, parseJson } from '../../src/wire/json.ts'
import * as limits from '../../src/wire/limits.ts'
import type { FieldFact } from '../../src/wire/space-fact.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { fieldFact } from '../helpers/space-facts.ts'
import { RoomBench } from './room-bench.ts'

const ada = idOf('ada')

/** One member that publishes when the test says so. */
class ViewsBench {
  readonly presence: LocalPresence
  readonly views: PresenceViews
  readonly published: FieldFact[] = []

  constructor() {
    const notifications = new AppNotifications(new ManualClock())
    this.presence = new LocalPresence(notifications)
    const publisher: Pick<PresencePublisher, 'set'> = { set: fields => void this.presence.set(fields) }
    const { presence } = this
    this.views = new PresenceViews({
      notifications,
      presence,
      publisher,
      checkOpen() {},
      awarenessChanged() {},
    })
  }

  /** @returns the names of the published fields */
  publish(): string[] {
    const facts = this.presence
      .takeUnsent()
      .flatMap(body => (body.type === 'field' ? [fieldFact(ada, body)] : []))
    this.published.push(...facts)
    return facts.map(({ name }) => name)
  }
}

/** The presence of the member at a member to which these facts arrive in this order. */
function shownAfter(facts: readonly FieldFact[]) {
  const registers = new PresenceRegisters(new FactSet())
  for (const fact of facts) if (registers.admit(fact) === 'new') registers.merge(fact)
  return otherOf(ada, readPresence(registers.fieldsOf(ada)), undefined)
}

describe('the views of a member', () => {
  let bench: ViewsBench

  beforeEach(() => {
    bench = new ViewsBench()
  })

  const shown = () => {
    bench.publish()
    return shownAfter(bench.published)
  }

  it('have fields of their own, of which the focused view shows', () => {
    const [first, second] = [bench.views.open('first'), bench.views.open('second')]
    bench.presence.set({ name: 'Ada', cursor: 0 })
    first.set({ cursor: 1 })
    second.set({ cursor: 2 })
    first.focus()
    expect(shown()).toEqual({
      id: ada,
      presence: { name: 'Ada', cursor: 1 },
      views: [
        { id: 'first', presence: { cursor: 1 } },
        { id: 'second', presence: { cursor: 2 } },
      ],
    })
    second.focus()
    expect(shown().presence).toEqual({ name: 'Ada', cursor: 2 })
    second.close()
    expect(shown()).toMatchObject({ presence: { name: 'Ada', cursor: 1 }, views: [{ id: 'first' }] })
    first.close()
    expect(shown()).toEqual({ id: ada, presence: { name: 'Ada', cursor: 0 }, views: [] })
    expect(bench.presence.store.getSnapshot()).toEqual({ name: 'Ada', cursor: 0 })
  })

  it('publish the changed field only, and nothing for the focus of the focused view', () => {
    const [first, second] = [bench.views.open('first'), bench.views.open('second')]
    first.set({ cursor: 1, name: 'Ada' })
    expect(bench.publish()).toEqual(['view:0', 'view:1', 'view:0:cursor', 'view:0:name'])
    first.set({ cursor: 2, name: 'Ada' })
    expect(bench.publish()).toEqual(['view:0:cursor'])
    second.focus()
    expect(bench.publish()).toEqual(['view:1'])
    second.focus()
    expect(bench.publish()).toEqual([])
    first.set({ cursor: undefined })
    expect(bench.publish()).toEqual(['view:0:cursor'])
    first.close()
    first.close()
    expect(bench.publish()).toEqual(['view:0', 'view:0:name'])
  })

  it('are the same object until they close, and new ones after it', () => {
    const first = bench.views.open('main')
    expect(bench.views.open('main')).toBe(first)
    expect(first.id).toBe('main')
    first.set({ cursor: 1 })
    first.close()
    for (const use of [() => first.set({}), () => first.focus()])
      expect(use).toThrow(new NotRunningError("the view 'main' was closed: open another one"))
    const second = bench.views.open('main')
    expect(second).not.toBe(first)
    first.close()
    second.set({ note: 1 })
    expect(shown().views).toEqual([{ id: 'main', presence: { note: 1 } }])
  })

  it('that are open one after the other use the same names', () => {
    for (let i = 0; i < 1_000; i++) {
      const view = bench.views.open(`window ${i}`)
      view.set({ cursor: i, selection: [i] })
      view.focus()
      bench.publish()
      view.close()
    }
    expect(new Set(bench.published.map(({ name }) => name))).toEqual(
      new Set(['view:0', 'view:0:cursor', 'view:0:selection']),
    )
  })

  it('are bounded in number, in fields of each and of all, and in bytes', () => {
    const views = Array.from({ length: limits.maxViews }, (_, i) => bench.views.open(`${i}`))
    expect(() => bench.views.open('more')).toThrow(InvalidOptionsError)
    expect(() => bench.views.open('more')).toThrow('at most 32 are open in one room')
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]))
    expect(() => views[0]?.set(fields(65))).toThrow('at most 64 different fields')
    views[0]?.set({ f64: 1 })
    expect(() => views[0]?.set(fields(64))).toThrow('at most 64 different fields')
    views[0]?.set({ f64: undefined, never: undefined })
    for (const view of views.slice(0, 3)) view.set(fields(63))
    // 32 headers and 63 fields of three views: 35 are left.
    expect(() => views[3]?.set(fields(36))).toThrow('at most 256 different fields with those of all views')
    bench.publish()
    expect(() => views[3]?.set({ text: 'x'.repeat(16_384) })).toThrow(/^presence: \d+ bytes, at most 16384/)
    expect(bench.publish()).toEqual([])
    views[3]?.set(fields(35))
    bench.presence.set({})
    expect(() => bench.presence.set({ one: 1 })).toThrow('at most 256')
    bench.publish()
    expect(shownAfter(bench.published).views.flatMap(({ presence }) => Object.keys(presence))).toHaveLength(
      3 * 63 + 35,
    )
  })

  it.each<[unknown, string]>([
    ['', 'view: the id is empty: give 1 to 64 bytes'],
    ['x'.repeat(65), 'view: the id has 65 bytes: give at most 64'],
    ['half\ud83d', 'view: the id has half of a surrogate pair'],
    [7, 'view: the id is not a string'],
    [undefined, 'view: the id is not a string'],
  ])('do not have the id %j', (id, message) => {
    expect(() => bench.views.open(id as string)).toThrow(InvalidOptionsError)
    expect(() => bench.views.open(id as string)).toThrow(message)
    expect(bench.publish()).toEqual([])
  })

  it.each<[unknown, string]>([
    [null, 'presence: give an object of fields'],
    [{ cursor: { x: Number.NaN } }, "presence: 'cursor.x' is NaN"],
    [{ 'documents:': {} }, "the field 'documents:' is reserved"],
    [{ 'awareness:notes': {} }, "the field 'awareness:notes' is reserved"],
    [{ 'view:0': {} }, "the field 'view:0' is reserved"],
    [{ ['x'.repeat(138)]: 1 }, 'has 138 bytes: give at most 137'],
    [{ ['half\ud83d']: 1 }, "the field name 'half\ufffd' has half of a surrogate pair"],
  ])('are not set by %j, which changes nothing', (change, message) => {
    const view = bench.views.open('main')
    view.set({ before: 1 })
    bench.publish()
    const whole = change && { before: 2, ...change }
    expect(() => view.set(whole as Record<string, unknown>)).toThrow(InvalidValueError)
    expect(() => view.set(whole as Record<string, unknown>)).toThrow(message)
    expect(bench.publish()).toEqual([])
  })

  it('have values that other members can decode', () => {
    const view = bench.views.open('main')
    const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(() => view.set({ deep: nested(100) })).toThrow(InvalidValueError)
    view.set({ deep: nested(99) })
    bench.publish()
    const last = bench.published.at(-1)
    expect(parseJson(JSON.stringify(last?.value))).toEqual(last?.value)
    expect(shown().presence).toEqual({ deep: nested(99) })
  })

  it('end with the room, and can be closed after it', async () => {
    const { room } = await RoomBench.open()
    const view = room.presence.view('main')
    view.set({ cursor: 1 })
    room.leave()
    const left = new NotRunningError("the room 'design' was left: enter it again")
    for (const use of [
      () => view.set({ cursor: 2 }),
      () => view.focus(),
      () => room.presence.view('main'),
      () => room.presence.view('other'),
    ])
      expect(use).toThrow(left)
    view.close()
    view.close()
  })
})

type Act =
  | {
      readonly type: 'set'
      readonly view: string | undefined
      readonly name: string
      readonly value: number | undefined
    }
  | { readonly type: 'open' | 'focus' | 'close'; readonly view: string }
  | { readonly type: 'publish' }

const viewIds = fc.constantFrom('a', 'b', 'c')
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('set' as const),
      view: fc.option(viewIds, { nil: undefined }),
      name: fc.constantFrom('cursor', 'note'),
      value: fc.option(fc.nat(3), { nil: undefined }),
    }),
    fc.record({ type: fc.constantFrom('open', 'focus', 'close'), view: viewIds }),
    fc.constant({ type: 'publish' as const }),
  ),
  // Shorter lists hardly ever use a slot twice.
  { minLength: 20, maxLength: 60, size: 'max' },
)

/** What a member should show after these acts, by the rules alone. */
class Model {
  readonly own = new Map<string, Json>()
  /** In the order of their last focus. */
  readonly views: { id: string; focus: number; fields: Map<string, Json> }[] = []
  #focus = 0

  apply(act: Act): void {
    const view = 'view' in act ? this.views.find(({ id }) => id === act.view) : undefined
    switch (act.type) {
      case 'set': {
        const fields = act.view === undefined ? this.own : view?.fields
        if (act.value === undefined) fields?.delete(act.name)
        else fields?.set(act.name, act.value)
        break
      }
      case 'open':
        if (!view) this.views.push({ id: act.view, focus: 0, fields: new Map() })
        break
      case 'focus':
        this.#focus += 1
        if (view) view.focus = this.#focus
        break
      case 'close':
        if (view) this.views.splice(this.views.indexOf(view), 1)
        break
      case 'publish':
        break
    }
  }

  shown() {
    const byFocus = this.views.toSorted((a, b) => a.focus - b.focus || (a.id < b.id ? -1 : 1))
    return {
      id: ada,
      presence: Object.fromEntries([...this.own, ...byFocus.flatMap(({ fields }) => [...fields])]),
      views: this.views
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, fields }) => ({ id, presence: Object.fromEntries(fields) })),
    }
  }
}

describe('the merged presence', () => {
  it('is the same at all members, in whatever order the facts arrive', () => {
    fc.assert(
      fc.property(acts, fc.infiniteStream(fc.nat()), (acts, numbers) => {
        const bench = new ViewsBench()
        const model = new Model()
        const open = new Set<string>()
        for (const act of acts) {
          model.apply(act)
          if (act.type === 'publish') bench.publish()
          else if (act.view === undefined) {
            if (act.type === 'set') bench.presence.set({ [act.name]: act.value })
          } else if (act.type === 'open' || open.has(act.view)) {
            const view = bench.views.open(act.view)
            open.add(act.view)
            if (act.type === 'set') view.set({ [act.name]: act.value })
            if (act.type === 'focus') view.focus()
            if (act.type === 'close') {
              view.close()
              open.delete(act.view)
            }
          }
        }
        bench.publish()
        const keyed = bench.published.map(fact => [numbers.next().value, fact] as const)
        const shuffled = keyed.toSorted(([a], [b]) => a - b).map(([, fact]) => fact)
        expect(shownAfter(bench.published)).toEqual(model.shown())
        expect(shownAfter(shuffled)).toEqual(model.shown())
        expect(shownAfter([...shuffled, ...bench.published.slice(0, 5)])).toEqual(model.shown())
      }),
    )
  })

  it('never mixes a view with an earlier view in the same slot, whatever has arrived', () => {
    fc.assert(
      fc.property(acts, fc.infiniteStream(fc.boolean()), (acts, booleans) => {
        const bench = new ViewsBench()
        let opened = 0
        // Each view has an id of its own, which its fields contain.
        const names = new Map<string, string>()
        for (const act of acts) {
          if (act.type === 'publish') bench.publish()
          else if (act.view !== undefined) {
            opened += names.has(act.view) ? 0 : 1
            const id = names.get(act.view) ?? `${act.view}${opened}`
            names.set(act.view, id)
            const view = bench.views.open(id)
            if (act.type === 'set') view.set({ [act.name]: act.value === undefined ? undefined : id })
            if (act.type === 'focus') view.focus()
            if (act.type === 'close') {
              view.close()
              names.delete(act.view)
            }
          }
        }
        bench.publish()
        const arrived = bench.published.filter(() => booleans.next().value)
        for (const { id, presence } of shownAfter(arrived).views)
          expect(new Set([id, ...Object.values(presence)])).toEqual(new Set([id]))
      }),
    )
  })
})
