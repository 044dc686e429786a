// @vitest-environment happy-dom
import type { Cluster, Health, Store } from '@hearsay/core'
import { createSimulation } from '@hearsay/simulator'
import { render } from '@testing-library/react'
import { StrictMode, version } from 'react'
import { version as domVersion } from 'react-dom'
import { describe, expect, it, vi } from 'vitest'
import {
  ClusterProvider,
  type ClusterSource,
  useCluster,
  useConnectionStatus,
  useMembers,
} from '../src/index.ts'
import { fakeTimers, linger, settle, watch } from './rendered-cluster.tsx'

fakeTimers()

const oneOf = (members: number): Cluster =>
  createSimulation({ seed: 1, members, start: 'warm' }).member('m0').cluster

/** A cluster whose `leave` is a mock. */
function leavable(): { cluster: Cluster; leave: ReturnType<typeof vi.fn> } {
  const cluster = oneOf(3)
  const leave = vi.fn(async () => {})
  return { cluster: Object.assign(cluster, { leave }), leave }
}

const app = () => {
  const count = watch(() => useMembers(members => members.length))
  const status = watch(() => useConnectionStatus())
  const inCluster = (cluster: ClusterSource, key = '') => (
    <ClusterProvider key={key} cluster={cluster}>
      {count.here()}
      {status.here()}
    </ClusterProvider>
  )
  return { count: count.seen, statuses: status.seen, inCluster }
}

it(`runs with React ${process.env['REACT']}`, () => {
  expect([version, domVersion].map(each => each.split('.')[0])).toEqual([
    process.env['REACT'],
    process.env['REACT'],
  ])
})

describe('a ClusterProvider with a cluster', () => {
  it('gives the cluster at the first render, and does not leave it', async () => {
    const { cluster, leave } = leavable()
    const { count, inCluster } = app()
    const { unmount } = render(inCluster(cluster))
    expect(count).toEqual([3])
    unmount()
    await linger()
    expect(leave).not.toHaveBeenCalled()
  })

  it('switches to another cluster when the prop changes', () => {
    const { count, inCluster } = app()
    const { rerender } = render(inCluster(oneOf(3)))
    rerender(inCluster(oneOf(5)))
    expect(count[0]).toBe(3)
    expect(count.at(-1)).toBe(5)
  })
})

describe('the status of the connection', () => {
  it('is refused, with the reason, while no peer admits this member', () => {
    const cluster = oneOf(3)
    const admissionError = "The peer at … did not accept this member's secret."
    const refused = { ...cluster.health.getSnapshot(), connections: 0, admissionError }
    const health: Store<Health> = { getSnapshot: () => refused, subscribe: () => () => {} }
    const { statuses, inCluster } = app()
    const { rerender } = render(inCluster(Object.assign(cluster, { health })))
    rerender(inCluster(cluster))
    expect(statuses.at(-1)).toEqual({ status: 'refused', error: new Error(admissionError) })
    expect(statuses.at(-1)?.error).toBe(statuses.at(0)?.error)
  })

  it('is refused, with the reason, when the ticket of this member has ended', () => {
    const cluster = oneOf(3)
    const text = 'This member is no longer in its cluster: its ticket has expired.'
    const problems = [{ name: 'not-a-member', text }] as const
    const ended = { ...cluster.health.getSnapshot(), grantsEnd: 'expired' as const, problems }
    const health: Store<Health> = { getSnapshot: () => ended, subscribe: () => () => {} }
    const { statuses, inCluster } = app()
    render(inCluster(Object.assign(cluster, { health })))
    expect(statuses.at(-1)).toEqual({ status: 'refused', error: new Error(text) })
  })
})

describe('a ClusterProvider with a promise', () => {
  it('gives no cluster until the promise resolves, and does not leave the cluster', async () => {
    const { cluster, leave } = leavable()
    const { count, statuses, inCluster } = app()
    const { unmount } = render(inCluster(Promise.resolve(cluster)))
    expect(count).toEqual([0])
    expect(statuses.at(-1)?.status).toBe('joining')
    await settle()
    expect(count.at(-1)).toBe(3)
    expect(statuses.at(-1)?.status).toBe('connected')
    unmount()
    await linger()
    expect(leave).not.toHaveBeenCalled()
  })

  it('reports the error if the promise rejects', async () => {
    const { count, statuses, inCluster } = app()
    const error = new Error('no way in')
    render(inCluster(Promise.reject(error)))
    await settle()
    expect(statuses.at(-1)).toEqual({ status: 'failed', error })
    expect(count.at(-1)).toBe(0)
  })
})

describe('a ClusterProvider with a function', () => {
  it('joins once, in StrictMode and with a new function at each render, and leaves after it unmounts', async () => {
    const { cluster, leave } = leavable()
    const join = vi.fn(async () => cluster)
    const { count, inCluster } = app()
    const strictly = () => <StrictMode>{inCluster(() => join())}</StrictMode>
    const { rerender, unmount } = render(strictly())
    await linger()
    rerender(strictly())
    await linger()
    expect(count.at(-1)).toBe(3)
    expect(join).toHaveBeenCalledTimes(1)
    expect(leave).not.toHaveBeenCalled()
    unmount()
    await settle()
    expect(leave).not.toHaveBeenCalled()
    await linger()
    expect(leave).toHaveBeenCalledTimes(1)
  })

  it('logs to the console that it could not leave', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { cluster, leave } = leavable()
    const error = new Error('no way out')
    leave.mockRejectedValue(error)
    const { inCluster } = app()
    const { unmount } = render(inCluster(async () => cluster))
    await settle()
    unmount()
    await linger()
    await settle()
    expect(complaints).toHaveBeenCalledWith(expect.stringContaining('could not be released'), error)
  })

  it('leaves also if it unmounts before the join is done', async () => {
    const { cluster, leave } = leavable()
    const joined = Promise.withResolvers<Cluster>()
    const { inCluster } = app()
    const { unmount } = render(inCluster(() => joined.promise))
    unmount()
    await linger()
    joined.resolve(cluster)
    await linger()
    expect(leave).toHaveBeenCalledTimes(1)
  })

  it('tries again when its key changes', async () => {
    const cluster = oneOf(3)
    const join = vi.fn<() => Promise<Cluster>>()
    join.mockRejectedValueOnce(new Error('no way in')).mockResolvedValueOnce(cluster)
    const { count, statuses, inCluster } = app()
    const { rerender } = render(inCluster(join, 'attempt 1'))
    await settle()
    expect(statuses.at(-1)?.error?.message).toBe('no way in')
    rerender(inCluster(join, 'attempt 2'))
    await settle()
    expect(statuses.at(-1)).toEqual({ status: 'connected', error: undefined })
    expect(count.at(-1)).toBe(3)
  })
})

describe('a ClusterProvider without types', () => {
  const message = 'ClusterProvider: give it a cluster, or a function that returns one'

  it.each([undefined, null, 'atlas', {}])('says what it needs instead of %j', given => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { inCluster } = app()
    expect(() => render(inCluster(given as unknown as Cluster))).toThrow(message)
  })

  it.each([
    ['a function', () => {}],
    ['a promise', Promise.resolve()],
  ])('says what it needs when %s gives no cluster', async (_, given) => {
    const { statuses, inCluster } = app()
    render(inCluster(given as unknown as ClusterSource))
    await settle()
    expect(statuses.at(-1)?.error?.message).toContain(message)
  })
})

it('throws a message that names the missing provider around a component that uses a hook', () => {
  const cluster = watch(() => useCluster())
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => render(cluster.here())).toThrow('put a <ClusterProvider> around this component')
})
