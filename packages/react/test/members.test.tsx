// @vitest-environment happy-dom
import { createSimulation } from '@hearsay/simulator'
import { act } from '@testing-library/react'
import { useSyncExternalStore } from 'react'
import { describe, expect, it } from 'vitest'
import { useConnectionStatus, useHealth, useMember, useMembers, useSelf } from '../src/index.ts'
import { pass, show, watch } from './rendered-cluster.tsx'

const settled = (members: number) => createSimulation({ seed: 1, members, start: 'warm' })

describe('useMembers', () => {
  it('renders a selected number only when the number changes, while 100 members send heartbeats', async () => {
    const simulation = settled(100)
    const { cluster } = simulation.member('m0')
    const count = watch(() => useMembers(members => members.length))
    const all = watch(() => useMembers())
    const hearts = watch(() =>
      useSyncExternalStore(
        listener => cluster.heartbeats.subscribe(listener),
        () => cluster.heartbeats.getSnapshot(),
      ),
    )
    show(
      cluster,
      <>
        {count.here()}
        {all.here()}
        {hearts.here()}
      </>,
    )
    await pass(simulation, 90_000, 1_000)
    const heartbeatsOf = (snapshot: (typeof hearts.seen)[number] | undefined) =>
      [...(snapshot?.values() ?? [])].reduce((sum, { sequence }) => sum + sequence, 0)
    expect(heartbeatsOf(hearts.seen.at(-1)) - heartbeatsOf(hearts.seen[0])).toBeGreaterThanOrEqual(100)
    expect(hearts.seen.length).toBeGreaterThan(50)
    expect(count.seen).toEqual([100])
    expect(all.seen.length).toBe(1)

    simulation.add()
    await pass(simulation, 10_000, 1_000)
    expect(count.seen).toEqual([100, 101])
  })

  it('renders when the selected value is not equal by the given equality', async () => {
    const simulation = settled(3)
    const { cluster } = simulation.member('m0')
    const names = watch(() =>
      useMembers(
        members => members.map(({ name }) => name).sort(),
        (a, b) => a.join() === b.join(),
      ),
    )
    show(cluster, names.here())
    act(() => cluster.update({ tags: { task: 'rest' } }))
    expect(names.seen).toEqual([['m0', 'm1', 'm2']])
    act(() => cluster.update({ name: 'ada' }))
    expect(names.seen).toEqual([
      ['m0', 'm1', 'm2'],
      ['ada', 'm1', 'm2'],
    ])
  })
})

describe('useMember', () => {
  it('follows the status of one member', async () => {
    const simulation = settled(5)
    const { id } = simulation.member('m1')
    const status = watch(() => useMember(id, member => member.status))
    const unknownId = watch(() => useMember('nobody'))
    show(
      simulation.member('m0').cluster,
      <>
        {status.here()}
        {unknownId.here()}
      </>,
    )
    simulation.crash(['m1', 'm2'])
    await pass(simulation, 30_000, 100)
    expect(status.seen).toEqual(['alive', 'dead'])
    expect(unknownId.seen).toEqual([undefined])
  })
})

describe('useSelf', () => {
  it('shows the local member and its tags', () => {
    const { cluster } = settled(2).member('m0')
    const self = watch(() => useSelf())
    const name = watch(() => useSelf(({ name }) => name))
    show(
      cluster,
      <>
        {self.here()}
        {name.here()}
      </>,
    )
    act(() => cluster.update({ tags: { role: 'host' } }))
    expect(self.seen.map(member => member?.tags)).toEqual([{}, { role: 'host' }])
    expect(name.seen).toEqual(['m0'])
  })
})

describe('useHealth', () => {
  it('renders when a figure changes, and otherwise not', async () => {
    const simulation = settled(5)
    const visible = watch(() => useHealth(health => health.visible))
    const health = watch(() => useHealth())
    show(
      simulation.member('m0').cluster,
      <>
        {visible.here()}
        {health.here()}
      </>,
    )
    await pass(simulation, 20_000, 1_000)
    expect(health.seen.length).toBe(1)
    simulation.crash(['m3'])
    await pass(simulation, 30_000, 1_000)
    expect(visible.seen).toEqual([5, 4])
    expect(health.seen.at(-1)).toEqual(simulation.member('m0').cluster.health.getSnapshot())
  })
})

describe('useConnectionStatus', () => {
  it('reports lost connections before the members count as dead, and that no other member is here', async () => {
    const simulation = settled(4)
    const statuses = watch(() => useConnectionStatus().status)
    show(simulation.member('m0').cluster, statuses.here())
    simulation.changeNetwork('m0', 3_000)
    await pass(simulation, 30_000, 500)
    expect([...new Set(statuses.seen)]).toEqual(['connected', 'reconnecting'])
    expect(statuses.seen.at(-1)).toBe('connected')
    simulation.crash(['m1', 'm2', 'm3'])
    await pass(simulation, 30_000, 500)
    expect(statuses.seen.at(-1)).toBe('alone')
  })

  it('reports that the app left', async () => {
    const simulation = settled(3)
    const { cluster } = simulation.member('m0')
    const statuses = watch(() => useConnectionStatus().status)
    show(cluster, statuses.here())
    void cluster.leave()
    await pass(simulation, 2_000)
    expect(statuses.seen).toEqual(['connected', 'left'])
  })
})
