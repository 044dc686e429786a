/** A member with several views in a room, as the others see it: focus, closed views, deaths and restarts. */
import type { Room, RoomDocument } from '@hearsay/core'
import { viewAwarenessOf } from '@hearsay/core/app'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { enterAll } from '../enter-all.ts'
import { sentOver } from '../sent-over.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

/** How `room` sees the other member that has entered it. */
const shown = (room: Room) => room.presence.others.getSnapshot()[0]

/** Opens three views with a cursor each, and gives the focus to the first. */
function openViews({ presence }: Room) {
  const [main, side, third] = ['main', 'side', 'third'].map(id => presence.view(id))
  if (!main || !side || !third) throw new Error('three views')
  presence.set({ name: 'Ada', cursor: 0 })
  main.set({ cursor: 1 })
  side.set({ cursor: 2, note: 'side' })
  third.set({ cursor: 3 })
  main.focus()
  return { main, side, third }
}

const ofMain = {
  presence: { name: 'Ada', cursor: 1, note: 'side' },
  views: [
    { id: 'main', presence: { cursor: 1 } },
    { id: 'side', presence: { cursor: 2, note: 'side' } },
    { id: 'third', presence: { cursor: 3 } },
  ],
}

describe('the views of a member', () => {
  it('are shown as one member, whose presence is that of the focused view', async () => {
    await runTwice(async () => {
      const simulation = settled(1, 4)
      const [ada, bob] = await enterAll(simulation, 2, 2_000)
      const { main, side, third } = openViews(ada)
      await simulation.run(1_000)
      expect(shown(bob)).toEqual({ id: simulation.member('m0').id, ...ofMain })
      const updates: unknown[] = []
      bob.presence.events.addEventListener('update', ({ detail }) => updates.push(detail.fields))
      const before = shown(bob)
      side.focus()
      await simulation.run(1_000)
      expect(shown(bob)?.presence).toEqual({ name: 'Ada', cursor: 2, note: 'side' })
      expect(shown(bob)?.views).toBe(before?.views)
      const covered = shown(bob)?.presence
      third.set({ cursor: 4 })
      await simulation.run(1_000)
      expect(shown(bob)?.presence).toBe(covered)
      expect(shown(bob)?.views[0]).toBe(before?.views[0])
      expect(shown(bob)?.views[2]?.presence).toEqual({ cursor: 4 })
      side.close()
      await simulation.run(1_000)
      expect(shown(bob)).toMatchObject({
        presence: { name: 'Ada', cursor: 1 },
        views: [{ id: 'main' }, { id: 'third' }],
      })
      main.close()
      third.close()
      await simulation.run(1_000)
      expect(shown(bob)).toMatchObject({ presence: { name: 'Ada', cursor: 0 }, views: [] })
      expect(updates).toEqual([['cursor'], ['cursor'], ['cursor', 'note'], ['cursor'], ['cursor']])
      expect(ada.presence.own.getSnapshot()).toEqual({ name: 'Ada', cursor: 0 })
      return simulation
    })
  })

  it('are hidden while the member is dead, and are gone when it has restarted', async () => {
    await runTwice(async () => {
      const simulation = settled(2, 8)
      const [ada, bob] = await enterAll(simulation, 2, 2_000)
      openViews(ada)
      await simulation.run(1_000)
      simulation.partition([['m0']])
      await simulation.runUntil(() => shown(bob) === undefined, { withinMs: 60_000 })
      simulation.heal()
      await simulation.runUntil(() => shown(bob) !== undefined, { withinMs: 60_000 })
      expect(shown(bob)).toMatchObject(ofMain)
      simulation.crash('m0')
      await simulation.run(1_000)
      simulation.restart('m0')
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 60_000 })
      const again = await simulation.member('m0').cluster.room('design')
      await simulation.runUntil(() => shown(bob) !== undefined, { withinMs: 10_000 })
      expect(shown(bob)).toMatchObject({ presence: {}, views: [] })
      again.presence.view('side').set({ cursor: 5 })
      await simulation.run(1_000)
      expect(shown(bob)).toMatchObject({
        presence: { cursor: 5 },
        views: [{ id: 'side', presence: { cursor: 5 } }],
      })
      return simulation
    })
  })

  it('are the same at a member that enters later, although rumors were lost', async () => {
    await runTwice(async () => {
      const simulation = settled(3, 6)
      const [ada, bob] = await enterAll(simulation, 2, 2_000)
      simulation.dropGossip(100)
      const { main, side } = openViews(ada)
      await simulation.run(1_000)
      side.close()
      ada.presence.view('later').set({ cursor: 9 })
      main.focus()
      await simulation.run(40_000)
      const late = await simulation.member('m2').cluster.room('design')
      await simulation.run(40_000)
      const [seen, atBob] = [late, bob].map(room =>
        room.presence.others.getSnapshot().find(({ id }) => id === simulation.member('m0').id),
      )
      expect(seen).toEqual(atBob)
      expect(seen).toMatchObject({
        presence: { name: 'Ada', cursor: 1 },
        views: [{ id: 'later', presence: { cursor: 9 } }, { id: 'main' }, { id: 'third' }],
      })
      return simulation
    })
  })

  it('cost a change of one field about what the same change of the member costs', async () => {
    const simulation = settled(4, 2)
    const [ada] = await enterAll(simulation, 2, 5_000)
    const { main } = openViews(ada)
    await simulation.run(60_000)
    const bytesOf = async (set: (cursor: number) => void) => {
      const idle = (await sentOver(simulation, 5_000)).rumor
      for (let i = 0; i < 50; i++) simulation.after(i * 100, () => set(i + 10))
      return (await sentOver(simulation, 5_000)).rumor - idle
    }
    const own = await bytesOf(cursor => ada.presence.set({ cursor }))
    const ofView = await bytesOf(cursor => main.set({ cursor }))
    expect(own).toBeGreaterThan(0)
    expect(ofView).toBeLessThan(1.1 * own)
  })
})

describe('the awareness of views', () => {
  /** The states of other members and views in the awareness of a document. */
  const carets = ({ awareness }: Pick<RoomDocument, 'awareness'>): unknown[] =>
    [...awareness.getStates()].filter(([client]) => client !== awareness.clientID).map(([, state]) => state)

  it('are several carets of one member at the others', async () => {
    await runTwice(async () => {
      const simulation = settled(5, 4)
      const [ada, bob] = await enterAll(simulation, 2, 2_000)
      const views = viewAwarenessOf(ada.document(''))
      const { side } = openViews(ada)
      views.claimView('main', { client: 11, state: { caret: 1 } })
      views.claimView('side', { client: 11, state: { caret: 2 } })
      bob.awareness.setLocalState({ caret: 3 })
      await simulation.run(1_000)
      expect(carets(bob)).toEqual([{ caret: 1 }, { caret: 2 }])
      expect(bob.awareness.getStates().get(11)).toEqual({ caret: 1 })
      expect(views.claimsFor('main').map(({ state }) => state)).toEqual([{ caret: 3 }, { caret: 2 }])
      side.close()
      await simulation.run(1_000)
      expect(carets(bob)).toEqual([{ caret: 1 }])
      ada.leave()
      await simulation.run(1_000)
      expect(carets(bob)).toEqual([])
      return simulation
    })
  })
})
