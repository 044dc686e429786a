import { beforeEach, describe, expect, it } from 'vitest'
import { Doc } from 'yjs'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { InvalidOptionsError, InvalidValueError, NotRunningError } from '../../src/api/errors.ts'
import type { RoomDocument } from '../../src/api/room-document.ts'
import { PresenceAwareness } from '../../src/documents/presence-awareness.ts'
import { viewAwarenessOf } from '../../src/documents/view-awareness.ts'
import { awarenessField, documentsField } from '../../src/rooms/reserved-fields.ts'
import { viewAwarenessField, viewHeaderField } from '../../src/rooms/view-fields.ts'
import { field, RoomBench } from '../handles/room-bench.ts'

const [self, other] = [idOf('self'), idOf('other')]
let bench: RoomBench
let document: RoomDocument

beforeEach(async () => {
  bench = await RoomBench.open()
  document = bench.room.document('notes')
})

const state = (name: string) => ({ user: { name } })
const shownBy = (awareness: PresenceAwareness | RoomDocument['awareness']) =>
  [...awareness.getStates()].filter(([client]) => client !== awareness.clientID).map(([, shown]) => shown)

describe('the awareness of a view', () => {
  it('is shown by the member and by its other views, at once and without the network', async () => {
    const views = viewAwarenessOf(document)
    document.awareness.setLocalState(state('process'))
    for (const id of ['first', 'second']) bench.room.presence.view(id)
    await bench.clock.pass(1_000)
    let calls = 0
    const stop = views.onClaims(() => {
      calls += 1
    })
    views.claimView('first', { client: 1, state: state('first') })
    views.claimView('second', { client: 2, state: state('second') })
    expect(calls).toBeGreaterThan(0)
    expect(shownBy(document.awareness)).toEqual([state('first'), state('second')])
    expect(views.claimsFor('first')).toMatchObject([
      { member: self, view: undefined, state: state('process') },
      { member: self, view: 'second', client: 2, state: state('second') },
    ])
    expect(views.claimsFor('second').map(({ view }) => view)).toEqual([undefined, 'first'])
    const before = calls
    bench.room.presence.view('second').close()
    expect(calls).toBeGreaterThan(before)
    expect(shownBy(document.awareness)).toEqual([state('first')])
    expect(views.claimsFor('first').map(({ view }) => view)).toEqual([undefined])
    views.claimView('first', undefined)
    expect(shownBy(document.awareness)).toEqual([])
    stop()
    const last = calls
    views.claimView('first', { client: 1, state: {} })
    expect(calls).toBe(last)
  })

  it('is published as one field, and ends with the view', async () => {
    const views = viewAwarenessOf(document)
    const view = bench.room.presence.view('first')
    await bench.clock.pass(1_000)
    bench.published.length = 0
    const claim = { client: 7, state: state('first') }
    views.claimView('first', claim)
    views.claimView('first', claim)
    await bench.clock.pass(1_000)
    expect(bench.publishedFields).toEqual([[viewAwarenessField(0, 'notes'), [1, claim]]])
    view.close()
    await bench.clock.pass(1_000)
    expect(bench.publishedFields.slice(1)).toEqual([
      [viewHeaderField(0), undefined],
      [viewAwarenessField(0, 'notes'), undefined],
    ])
    expect(() => views.claimView('first', claim)).toThrow(
      new NotRunningError("the view 'first' is not open: open it with presence.view()"),
    )
  })

  it('includes that of other members and of their views', () => {
    bench.room.presence.view('first')
    const views = viewAwarenessOf(document)
    bench.enter(other, 1)
    bench.receive(
      other,
      field(documentsField, {}),
      field(awarenessField('notes'), { client: 7, state: state('other') }),
      field(viewHeaderField(0), { id: 'main', focus: 0, number: 1 }),
      field(viewAwarenessField(0, 'notes'), [1, { client: 7, state: state('main') }]),
    )
    expect(views.claimsFor('first')).toMatchObject([
      { member: other, view: undefined, client: 7 },
      { member: other, view: 'main', client: 7 },
    ])
    // Two carets, although both claim one client id.
    expect(shownBy(document.awareness)).toEqual([state('other'), state('main')])
    bench.receive(other, {
      type: 'field',
      generation: 1,
      version: 2,
      name: viewHeaderField(0),
      value: undefined,
    })
    expect(views.claimsFor('first').map(({ member }) => member)).toEqual([other, self])
    expect(shownBy(document.awareness)).toEqual([state('other')])
  })

  it('shows views that claim one client id under ids of their own, the same at every view', () => {
    const { notifications } = bench
    const claims = ['a', 'b', 'c'].map(view => ({ member: self, view, client: 7, state: state(view) }))
    const show = (except: string, clientID: number) => {
      const doc = new Doc()
      doc.clientID = clientID
      const awareness = new PresenceAwareness(doc, 'origin', notifications, () => {})
      awareness.show(claims.filter(({ view }) => view !== except).toReversed(), 0)
      return awareness
    }
    const [fromOutside, fromA] = [show('', 1), show('a', 7)]
    expect(shownBy(fromOutside)).toEqual([state('a'), state('b'), state('c')])
    expect(fromOutside.getStates().get(7)).toEqual(state('a'))
    expect(shownBy(fromA)).toEqual([state('b'), state('c')])
    const idOfState = (awareness: PresenceAwareness, name: string) =>
      [...awareness.getStates()].find(([, shown]) => shown['user']?.name === name)?.[0]
    for (const name of ['b', 'c']) expect(idOfState(fromA, name)).toBe(idOfState(fromOutside, name))
  })

  it('ends when the provider disconnects, and is not published before it connects again', async () => {
    const views = viewAwarenessOf(document)
    bench.room.presence.view('first')
    views.claimView('first', { client: 1, state: {} })
    document.provider.disconnect()
    expect(views.claimsFor('first')).toEqual([])
    await bench.clock.pass(1_000)
    expect(bench.publishedFields.at(-1)).toEqual([viewAwarenessField(0, 'notes'), undefined])
    bench.published.length = 0
    views.claimView('first', { client: 1, state: {} })
    document.provider.connect()
    await bench.clock.pass(1_000)
    expect(bench.publishedFields.filter(([name]) => name.startsWith('view:'))).toEqual([])
    views.claimView('first', { client: 1, state: {} })
    await bench.clock.pass(1_000)
    expect(bench.publishedFields.at(-1)?.[0]).toBe(viewAwarenessField(0, 'notes'))
  })

  it('is bounded as presence is, and is JSON', () => {
    const views = viewAwarenessOf(document)
    bench.room.presence.view('first')
    const claim = { client: 1, state: { before: 1 } }
    views.claimView('first', claim)
    for (const value of ['x'.repeat(20_000), Number.NaN])
      expect(() => views.claimView('first', { client: 1, state: { value } })).toThrow(InvalidValueError)
    bench.room.presence.view('second')
    expect(views.claimsFor('second')).toMatchObject([{ view: 'first', ...claim }])
  })

  it('is that of a document of a member in this process', () => {
    expect(() => viewAwarenessOf({ provider: {} } as RoomDocument)).toThrow(InvalidOptionsError)
  })
})
