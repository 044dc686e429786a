// @vitest-environment happy-dom
import type { Cluster, Room } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'
import { act } from '@testing-library/react'
import { StrictMode, Suspense } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  ClusterProvider,
  createRoomHooks,
  useConfig,
  useConfigValue,
  useConnectionStatus,
} from '../src/index.ts'
import * as suspense from '../src/suspense.ts'
import { fakeTimers, linger, pass, settle, show, watch } from './rendered-cluster.tsx'

interface Shown {
  cursor: number
  note: string
}

const { RoomProvider, useRoom, useUpdatePresence } = createRoomHooks<Shown>()

fakeTimers()

interface Stage {
  readonly simulation: Simulation
  /** The cluster of the rendered components. */
  readonly cluster: Cluster
  readonly other: Cluster
  /** The room 'design' of the other member. */
  readonly theirs: Room<Shown>
}

async function fixture(): Promise<Stage> {
  const simulation = createSimulation({ seed: 1, members: 2, start: 'warm' })
  const [first, second] = simulation.members
  if (!first || !second) throw new Error('there is no member')
  const theirs = await second.cluster.room<Shown>('design')
  await simulation.run(2_000)
  return { simulation, cluster: first.cluster, other: second.cluster, theirs }
}

const Waiting = () => `in ${suspense.useRoom().name}`

const shownIn = (room: Room<Shown>) => room.presence.others.getSnapshot().map(({ presence }) => presence)

describe('a room that the app itself has open', () => {
  it.each(['before', 'after'] as const)(
    'stays open when the last provider unmounts: entered %s the provider',
    async when => {
      const { simulation, cluster, theirs } = await fixture()
      const enter = () => cluster.room<Shown>('design')
      const early = when === 'before' ? await enter() : undefined
      early?.presence.set({ note: 'the app' })
      const room = watch(() => useRoom())
      const update = watch(() => useUpdatePresence())
      const { rerender } = show(
        cluster,
        <StrictMode>
          <RoomProvider name="design" presence={{ cursor: 1 }}>
            {room.here()}
            {update.here()}
          </RoomProvider>
        </StrictMode>,
      )
      await settle(() => room.seen.at(-1) !== null)
      const own = early ?? (await enter())
      own.presence.set({ note: 'the app' })
      act(() => update.seen.at(-1)?.({ cursor: 2 }))
      await pass(simulation, 2_000)
      expect(shownIn(theirs)).toEqual([{ cursor: 2, note: 'the app' }])
      rerender(null)
      await linger()
      await pass(simulation, 2_000)
      expect(shownIn(theirs)).toEqual([{ note: 'the app' }])
      own.presence.set({ note: 'still here' })
      own.broadcast('hello')
      await pass(simulation, 2_000)
      expect(shownIn(theirs)).toEqual([{ note: 'still here' }])
      own.leave()
      await pass(simulation, 2_000)
      expect(theirs.members.getSnapshot()).toHaveLength(1)
      expect(() => own.broadcast('gone')).toThrow(/was left/)
    },
  )

  it('stays open for the components when the app leaves, and is left with the last of them', async () => {
    const { simulation, cluster, theirs } = await fixture()
    const own = await cluster.room<Shown>('design')
    const room = watch(() => useRoom())
    const update = watch(() => useUpdatePresence())
    const { rerender } = show(
      cluster,
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {room.here()}
        {update.here()}
      </RoomProvider>,
    )
    await settle(() => room.seen.at(-1) !== null)
    own.leave()
    own.leave()
    act(() => update.seen.at(-1)?.({ note: 'components' }))
    await pass(simulation, 2_000)
    expect(shownIn(theirs)).toEqual([{ cursor: 1, note: 'components' }])
    rerender(null)
    await linger()
    await pass(simulation, 2_000)
    expect(theirs.members.getSnapshot()).toHaveLength(1)
  })

  it('is opened again if the app leaves it while the provider joins', async () => {
    const { simulation, cluster, theirs } = await fixture()
    const entered = cluster.room<Shown>('design').then(room => room.leave())
    const room = watch(() => useRoom())
    show(
      cluster,
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {room.here()}
      </RoomProvider>,
    )
    await entered
    await settle(() => room.seen.at(-1) !== null)
    await pass(simulation, 2_000)
    expect(shownIn(theirs)).toEqual([{ cursor: 1 }])
  })

  it('stays open if the provider unmounts while it joins', async () => {
    const { simulation, cluster, theirs } = await fixture()
    const joined = Promise.withResolvers<Cluster>()
    const { rerender } = show(joined.promise, <RoomProvider name="design" presence={{ cursor: 1 }} />)
    rerender(null)
    const own = await cluster.room<Shown>('design')
    joined.resolve(cluster)
    await linger()
    await linger()
    own.presence.set({ note: 'the app' })
    await pass(simulation, 2_000)
    expect(shownIn(theirs)).toEqual([{ note: 'the app' }])
  })

  it('stays open if its provider gets another cluster', async () => {
    const { simulation, cluster, other, theirs } = await fixture()
    const own = await cluster.room<Shown>('design')
    const room = watch(() => useRoom())
    const status = watch(() => useConnectionStatus().status)
    const inside = (
      <RoomProvider name="design" presence={{ cursor: 1 }}>
        {room.here()}
        {status.here()}
      </RoomProvider>
    )
    const { rerender } = show(cluster, inside)
    await settle(() => room.seen.at(-1) === own)
    rerender(<ClusterProvider cluster={other}>{inside}</ClusterProvider>)
    await settle(() => room.seen.at(-1) === theirs)
    await linger()
    own.presence.set({ note: 'the app' })
    await pass(simulation, 2_000)
    expect(shownIn(theirs)).toEqual([{ note: 'the app' }])
    expect(shownIn(own)).toEqual([{ cursor: 1 }])
    rerender(null)
    await linger()
    await pass(simulation, 2_000)
    expect(shownIn(own)).toEqual([{}])
    theirs.broadcast('still here')
  })

  it('stays open if the components that suspended for it are gone', async () => {
    const { simulation, cluster, theirs } = await fixture()
    const own = await cluster.room<Shown>('design')
    const page = (
      <suspense.ClusterProvider cluster={cluster}>
        <Suspense fallback="waits">
          <suspense.RoomProvider name="design" presence={{ cursor: 1 }}>
            <Waiting />
          </suspense.RoomProvider>
        </Suspense>
      </suspense.ClusterProvider>
    )
    const { container, rerender } = show(cluster, page)
    await settle(() => container.textContent === 'in design')
    for (const each of [null, page, null, page, null]) rerender(each)
    await linger()
    own.presence.set({ note: 'the app' })
    await pass(simulation, 2_000)
    expect(shownIn(theirs)).toEqual([{ note: 'the app' }])
  })
})

describe('a config that the app itself has open', () => {
  it('stays open when the last component unmounts, and for the components when the app leaves', async () => {
    const { cluster } = await fixture()
    const own = await cluster.config('flags')
    const config = watch(() => useConfig('flags'))
    const color = watch(() => useConfigValue('flags', 'color'))
    const { rerender } = show(
      cluster,
      <>
        {config.here()}
        {color.here()}
      </>,
    )
    await settle(() => config.seen.at(-1) !== null)
    own.leave()
    await act(async () => config.seen.at(-1)?.set('color', 'red'))
    expect(color.seen.at(-1)).toBe('red')
    const again = await cluster.config('flags')
    rerender(null)
    await linger()
    await again.set('color', 'blue')
    expect(again.get('color')).toBe('blue')
    again.leave()
    await expect(again.set('color', 'green')).rejects.toThrow(/was left/)
  })
})

it('a cluster that was left before its provider unmounts is no error', async () => {
  const { simulation, cluster } = await fixture()
  const errors = vi.spyOn(console, 'error')
  const own = await cluster.room<Shown>('design')
  const room = watch(() => useRoom())
  const { rerender } = show(
    cluster,
    <RoomProvider name="design" presence={{ cursor: 1 }}>
      {room.here()}
    </RoomProvider>,
  )
  await settle(() => room.seen.at(-1) === own)
  const left = cluster.leave()
  await pass(simulation, 5_000)
  await left
  rerender(null)
  await linger()
  expect(errors).not.toHaveBeenCalled()
})
