import type { RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { enterAll } from '../enter-all.ts'
import { sentOver } from '../sent-over.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

/** The states of the others in its awareness, in no order. */
const shown = ({ awareness }: Pick<RoomDocument, 'awareness'>): unknown[] =>
  [...awareness.getStates()].filter(([client]) => client !== awareness.clientID).map(([, state]) => state)

const showName = ({ awareness }: Pick<RoomDocument, 'awareness'>, name: string): void =>
  awareness.setLocalStateField('user', { name })

const user = (name: string): unknown => ({ user: { name } })

describe('the awareness of a document', () => {
  it('shows the states of others, and emits the events of y-protocols', async () => {
    await runTwice(async () => {
      const simulation = settled(1, 8)
      const [first, second, third] = await enterAll(simulation, 3)
      const received: unknown[] = []
      first.awareness.on('change', (change: unknown, origin: unknown) =>
        received.push([change, origin === first.provider]),
      )
      await simulation.run(2_000)
      showName(second, 'ada')
      await simulation.run(200)
      expect(shown(first)).toEqual([user('ada')])
      expect(new Set(third && shown(third))).toEqual(new Set([{}, user('ada')]))
      showName(second, 'grace')
      await simulation.run(200)
      second.awareness.setLocalState(null)
      await simulation.run(200)
      expect(third && shown(third)).toEqual([{}])
      const client = second.awareness.clientID
      const others = { added: [], updated: [], removed: [] }
      expect(received).toContainEqual([{ ...others, added: [client] }, true])
      expect(received).toContainEqual([{ ...others, updated: [client] }, true])
      expect(received).toContainEqual([{ ...others, removed: [client] }, true])
      return simulation
    })
  })

  it('is not part of the presence that the app sees, and the app cannot set it as presence', async () => {
    const simulation = settled(2, 4)
    const [first, second] = await enterAll(simulation, 2)
    const received: unknown[] = []
    second.presence.set({ note: 'here' })
    await simulation.run(2_000)
    const before = first.presence.others.getSnapshot()
    first.presence.events.addEventListener('update', ({ detail }) => received.push(detail))
    const own = second.presence.own.getSnapshot()
    showName(second, 'ada')
    await simulation.run(1_000)
    expect(shown(first)).toEqual([user('ada')])
    expect(before.map(({ presence }) => presence)).toEqual([{ note: 'here' }])
    expect(first.presence.others.getSnapshot()).toBe(before)
    expect(second.presence.own.getSnapshot()).toBe(own)
    expect(received).toEqual([])
    expect(() => first.presence.set({ 'awareness:': 1 })).toThrow(/'awareness:' is reserved/)
  })

  it('of a dead member is hidden, and reappears unchanged when the member returns', async () => {
    await runTwice(async () => {
      const simulation = settled(3, 8)
      const [first, second] = await enterAll(simulation, 2)
      showName(second, 'ada')
      await simulation.run(2_000)
      expect(shown(first)).toEqual([user('ada')])
      simulation.partition([['m1']])
      await simulation.runUntil(() => shown(first).length === 0, { withinMs: 60_000 })
      simulation.heal()
      await simulation.runUntil(() => shown(first).length === 1, { withinMs: 60_000 })
      expect(shown(first)).toEqual([user('ada')])
      second.leave()
      await simulation.runUntil(() => shown(first).length === 0, { withinMs: 1_000 })
      return simulation
    })
  })

  it('shows each member once although two claim one client id, and rejects claims about the local member', async () => {
    const simulation = settled(4, 4)
    const [first, second, third] = await enterAll(simulation, 3)
    if (!third) throw new Error('three members enter')
    showName(third, 'third')
    await simulation.run(2_000)
    showName(first, 'first')
    second.awareness.clientID = first.awareness.clientID
    second.awareness.setLocalState({ user: { name: 'second' } })
    await simulation.run(1_000)
    expect(first.awareness.getLocalState()).toEqual(user('first'))
    for (const [room, others] of [
      [first, ['second', 'third']],
      [third, ['first', 'second']],
    ] as const) {
      expect(shown(room)).toHaveLength(2)
      expect(shown(room)).toEqual(expect.arrayContaining(others.map(user)))
    }
  })

  it('is bounded as presence is, and sends nothing while nothing changes', async () => {
    const simulation = settled(5, 2)
    const [first, second] = await enterAll(simulation, 2)
    showName(first, 'ada')
    expect(() => showName(first, 'x'.repeat(20_000))).toThrow(/at most 16384/)
    expect(first.awareness.getLocalState()).toEqual(user('ada'))
    await simulation.run(60_000)
    expect(shown(second)).toEqual([user('ada')])
    await simulation.run(1_000)
    const rumors = (await sentOver(simulation, 60_000)).rumor
    showName(first, 'ada')
    expect(shown(second)).toEqual([user('ada')])
    const again = (await sentOver(simulation, 60_000)).rumor
    expect(Math.abs(again - rumors)).toBeLessThan(200)
  })
})
