/** A newcomer whose first connection leads to a member outside its spaces, for instance a relay. */
import { describe, expect, it } from 'vitest'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeatedInOpenRooms } from '../repeated.ts'

describe('a newcomer that joins through a member outside its spaces', () => {
  // Rings settle after 2 s: the spaces must not wait for the rings.
  it.each([3, 12, 40])(
    'has presence, settings and content within half a second, %d members',
    async members => {
      await repeatedInOpenRooms(async () => {
        const simulation = createSimulation({ seed: 5, members, start: 'warm' })
        for (const name of namesFrom(0, members - 1)) {
          const { cluster } = simulation.member(name)
          const room = await cluster.room('design')
          room.presence.set({ name })
          await cluster.config('flags')
        }
        const holder = simulation.member('m1').cluster
        const { doc } = (await holder.room('design')).document('notes')
        doc.getText('text').insert(0, 'content')
        void (await holder.config('flags')).set('dark', true)
        await simulation.run(10_000)

        const { cluster } = simulation.add([`m${members - 1}`])
        const [room, flags] = await Promise.all([cluster.room('design'), cluster.config('flags')])
        const notes = room.document('notes')
        const isComplete = () =>
          room.presence.others.getSnapshot().length === members - 1 &&
          flags.get('dark') === true &&
          notes.provider.synced
        await simulation.runUntil(isComplete, { withinMs: 500 })
        expect(textOf(notes)).toBe('content')
        return simulation
      })
    },
  )

  it('dials each contact once, and the earlier members dial nobody', async () => {
    const simulation = createSimulation({ seed: 6, members: 3, start: 'warm' })
    await simulation.member('m0').cluster.room('design')
    await simulation.run(10_000)
    const { cluster } = simulation.add(['m2'])
    await cluster.room('design')
    await simulation.run(1_000)
    const connected = [...cluster.heartbeats.getSnapshot()].filter(([, { connected }]) => connected)
    expect(connected.map(([id]) => simulation.members.find(each => each.id === id)?.name).toSorted()).toEqual(
      ['m0', 'm2'],
    )
  })
})
