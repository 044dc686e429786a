// @vitest-environment happy-dom
import { MessageChannel } from 'node:worker_threads'
import { connectCluster, serveCluster } from '@hearsay/port'
import { createSimulation } from '@hearsay/simulator'
import { act } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createRoomHooks, useConfig, useConnectionStatus, useDocument, useMembers } from '../src/index.ts'
import { pass, settle, show, watch } from './rendered-cluster.tsx'

interface Shown {
  cursor: number
  note: string
}

const { RoomProvider, useOthers, useRoom, useUpdatePresence } = createRoomHooks<Shown>()

/** A view of m0 over a port, and the room of m1. Virtual time passes until a condition holds in the view. */
async function fixture() {
  const simulation = createSimulation({ seed: 1, members: 3, start: 'warm' })
  const [first, second] = simulation.members
  if (!first || !second) throw new Error('there is no member')
  await simulation.run(1_000)
  const { port1, port2 } = new MessageChannel()
  const served = serveCluster(first.cluster, port1)
  const view = await connectCluster(port2)
  const room = await second.cluster.room<Shown>('design')
  const until = async (condition: () => boolean) => {
    while (!condition()) {
      await pass(simulation, 100)
      await settle()
    }
  }
  return { view, served, room, until, second }
}

describe('the hooks over a port', () => {
  it('show members, presence and documents of the member, and render only for changes', async () => {
    const { view, served, room, until, second } = await fixture()
    const names = watch(() => useMembers(members => members.map(({ name }) => name).join()))
    const others = watch(() => useOthers())
    const status = watch(() => useConnectionStatus().status)
    const update = watch(() => useUpdatePresence())
    const text = watch(() => useDocument())
    show(
      view,
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {names.here()}
        {others.here()}
        {status.here()}
        {update.here()}
        {text.here()}
      </RoomProvider>,
    )
    await until(() => room.presence.others.getSnapshot()[0]?.presence.cursor === 1)
    expect(names.seen.at(-1)?.split(',').sort()).toEqual(['m0', 'm1', 'm2'])
    await until(() => status.seen.at(-1) === 'connected')
    room.presence.set({ cursor: 7 })
    await until(() => others.seen.at(-1)?.[0]?.presence.cursor === 7)
    const renders = [names.seen.length, others.seen.length]
    act(() => update.seen.at(-1)?.({ cursor: 2 }))
    await until(() => room.presence.others.getSnapshot()[0]?.presence.cursor === 2)
    second.cluster.update({ tags: { unread: 'yes' } })
    room.doc.getText('text').insert(0, 'hello')
    await until(() => text.seen.at(-1)?.doc.getText('text').toString() === 'hello')
    expect([names.seen.length, others.seen.length]).toEqual(renders)
    act(() => served.close())
    await until(() => status.seen.at(-1) === 'left')
  })
  it('keep a room and a config that the app has opened in the view when the components unmount', async () => {
    const { view, room: theirs, until } = await fixture()
    const own = await view.room<Shown>('design')
    const config = await view.config('flags')
    const room = watch(() => useRoom())
    const flags = watch(() => useConfig('flags'))
    const { rerender } = show(
      view,
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {room.here()}
        {flags.here()}
      </RoomProvider>,
    )
    const shown = () => theirs.presence.others.getSnapshot()[0]?.presence
    await until(() => room.seen.at(-1) === own && flags.seen.at(-1) === config && shown()?.cursor === 1)
    own.presence.set({ note: 'the app' })
    rerender(null)
    await until(() => shown()?.cursor === undefined)
    expect(shown()).toEqual({ note: 'the app' })
    await config.set('color', 'red')
    own.leave()
    config.leave()
    await until(() => theirs.members.getSnapshot().length === 1)
    expect(() => own.broadcast('gone')).toThrow(/was left/)
    await expect(config.set('color', 'blue')).rejects.toThrow(/was left/)
  })
})
