// @vitest-environment happy-dom
import type { Cluster } from '@hearsay/core'
import { createSimulation } from '@hearsay/simulator'
import { act, render } from '@testing-library/react'
import { type ReactNode, StrictMode, Suspense } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { ClusterProvider as PlainProvider } from '../src/cluster-provider.tsx'
import {
  ClusterProvider,
  createRoomHooks,
  useCluster,
  useConfig,
  useConfigValue,
  useConnectionStatus,
  useDocument,
  useHealth,
  useMember,
  useMembers,
  useSelf,
} from '../src/suspense.ts'
import { Boundary, fakeTimers, linger, settle, type Watched, watch } from './rendered-cluster.tsx'

const { RoomProvider, useRoom, useOthers, usePresence } = createRoomHooks<{ note: string }>()

fakeTimers()

const settled = (members: number) => createSimulation({ seed: 1, members, start: 'warm' })

const reads: Record<string, Watched<unknown>> = {
  useCluster: watch(() => useCluster()),
  useSelf: watch(() => useSelf()),
  useMembers: watch(() => useMembers()),
  useMember: watch(() => useMember(useSelf(({ id }) => id))),
  useHealth: watch(() => useHealth()),
  useRoom: watch(() => useRoom()),
  usePresence: watch(() => usePresence(({ note }) => note)),
  useOthers: watch(() => useOthers()),
  useDocument: watch(() => useDocument()),
  useConfig: watch(() => useConfig('flags')),
  useConfigValue: watch(() => useConfigValue('flags', entries => entries)),
}

describe('the suspense entry point', () => {
  it.each(Object.entries(reads))('%s suspends in the nearest Suspense, at any depth', async (_, read) => {
    const join = vi.fn(async () => settled(3).member('m0').cluster)
    const { container } = render(
      <StrictMode>
        <Suspense fallback="waiting">
          <ClusterProvider cluster={() => join()}>
            <RoomProvider name="design" presence={{ note: 'here' }}>
              {read.here()}shown
            </RoomProvider>
          </ClusterProvider>
        </Suspense>
      </StrictMode>,
    )
    expect(container.textContent).toBe('waiting')
    await settle(() => container.textContent === 'shown')
    await linger()
    expect(container.textContent).toBe('shown')
    expect(read.seen.length).toBeGreaterThan(0)
    for (const value of read.seen) expect(value ?? null).not.toBeNull()
    expect(join).toHaveBeenCalledTimes(1)
  })

  it('joins a room once, however long the join of the cluster takes', async () => {
    const { cluster } = settled(1).member('m0')
    const roomSpy = vi.spyOn(cluster, 'room')
    const joined = Promise.withResolvers<Cluster>()
    const room = watch(() => useRoom())
    const { container } = render(
      <ClusterProvider cluster={() => joined.promise}>
        <Suspense fallback="waiting">
          <RoomProvider name="design">{room.here()}shown</RoomProvider>
        </Suspense>
      </ClusterProvider>,
    )
    await linger()
    await linger()
    joined.resolve(cluster)
    await settle(() => container.textContent === 'shown')
    await linger()
    expect(roomSpy).toHaveBeenCalledTimes(1)
    expect(new Set(room.seen).size).toBe(1)
    room.seen[0]?.presence.set({ note: 'still here' })
  })

  it('leaves a room that it waited for and no component uses', async () => {
    const { cluster } = settled(1).member('m0')
    const flags = await cluster.config('flags')
    const config = watch(() => useConfig('flags'))
    const inCluster = (children: ReactNode) => (
      <ClusterProvider cluster={cluster}>
        <Suspense>{children}</Suspense>
      </ClusterProvider>
    )
    const { rerender } = render(inCluster(config.here()))
    rerender(inCluster(null))
    await linger()
    expect(config.seen).toEqual([])
    // The components would keep the config open.
    flags.leave()
    await expect(flags.set('no', 'more')).rejects.toThrow('was left')
  })

  it('throws to the error boundary if joining fails, and reports it in the connection status', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const status = watch(() => useConnectionStatus())
    const members = watch(() => useMembers())
    const { container } = render(
      <ClusterProvider cluster={() => Promise.reject(new Error('no way in'))}>
        {status.here()}
        <Boundary>
          <Suspense fallback="waiting">{members.here()}</Suspense>
        </Boundary>
      </ClusterProvider>,
    )
    expect(container.textContent).toBe('waiting')
    await settle(() => container.textContent === 'failed: no way in')
    expect(status.seen.map(each => each.status)).toContain('joining')
    expect(status.seen.at(-1)?.error?.message).toBe('no way in')
  })

  it('does not join for a provider of the main entry point that suspending discards, and logs why', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const join = vi.fn(async () => settled(2).member('m0').cluster)
    const self = watch(() => useSelf())
    const { container } = render(
      <Suspense fallback="waiting">
        <PlainProvider cluster={() => join()}>{self.here()}</PlainProvider>
      </Suspense>,
    )
    await linger()
    expect(container.textContent).toBe('waiting')
    expect(join).not.toHaveBeenCalled()
    expect(error).toHaveBeenCalledWith(
      expect.stringContaining("import <ClusterProvider> from '@hearsay/react/suspense', too"),
    )
  })

  it('suspends below a provider of the main entry point if the Suspense is below that provider, too', async () => {
    const join = vi.fn(async () => settled(2).member('m0').cluster)
    const count = watch(() => useMembers(members => members.length))
    render(
      <PlainProvider cluster={() => join()}>
        <Suspense>{count.here()}</Suspense>
      </PlainProvider>,
    )
    await settle(() => count.seen.length > 0)
    expect(count.seen).toEqual([2])
    expect(join).toHaveBeenCalledTimes(1)
  })

  it('renders again only when the value that it reads changes', async () => {
    const { cluster } = settled(2).member('m0')
    const count = watch(() => useMembers(members => members.length))
    render(
      <Suspense>
        <ClusterProvider cluster={cluster}>{count.here()}</ClusterProvider>
      </Suspense>,
    )
    act(() => cluster.update({ tags: { task: 'rest' } }))
    expect(count.seen).toEqual([2])
  })
})
