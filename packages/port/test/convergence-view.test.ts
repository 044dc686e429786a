import { NotAllowedError, NotRunningError } from '@hearsay/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ViewBench } from './view-bench.ts'

let bench: ViewBench
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
})
afterEach(() => bench.close())

/** The queries that views ask through their member. Those of the member's own measurements are not among them. */
const queries = () => vi.spyOn(bench.member, 'query')

describe('the convergence of a view', () => {
  it('is measured by the member for all views that watch it, and by no view', async () => {
    const views = [await bench.view(), await bench.view()]
    const asked = queries()
    const watched = vi.spyOn(bench.member.convergence, 'subscribe')
    const [first, second] = views.map(({ cluster }) => cluster.convergence.subscribe(() => {}))
    await bench.run(5_000)
    expect(watched).toHaveBeenCalledTimes(2)
    for (const { cluster } of views) {
      expect(cluster.convergence.getSnapshot()).toMatchObject({ agreeing: 3, known: 3, differing: [] })
      expect(cluster.convergence.getSnapshot()).toEqual(bench.member.convergence.getSnapshot())
    }
    first?.()
    bench.other().update({ name: 'grace' })
    await bench.run(5_000)
    const [unwatched, still] = views.map(({ cluster }) => cluster.convergence.getSnapshot().sinceMs)
    expect(still).toBe(bench.member.convergence.getSnapshot().sinceMs)
    expect(unwatched).toBeDefined()
    second?.()
    await bench.crossed()
    const store = bench.member.convergence as unknown as { isWatched: boolean }
    expect(store.isWatched).toBe(false)
    expect(asked).not.toHaveBeenCalled()
  })

  it('is kept while the view moves, until the next member has measured', async () => {
    const view = await bench.movingView()
    view.cluster.convergence.subscribe(() => {})
    await bench.run(9_000)
    const before = view.cluster.convergence.getSnapshot()
    expect(before.known).toBe(3)
    await view.detach()
    expect(view.cluster.convergence.getSnapshot()).toBe(before)
    await view.attach(bench.other())
    expect(view.cluster.convergence.getSnapshot()).toBe(before)
    await bench.run(5_000)
    expect(bench.other().convergence.getSnapshot().known).toBe(3)
    expect(view.cluster.convergence.getSnapshot()).toEqual(bench.other().convergence.getSnapshot())
  })

  it('stays unknown to a view that may not ask queries', async () => {
    const { cluster } = await bench.view({ queries: false })
    const asked = queries()
    cluster.convergence.subscribe(() => {})
    await bench.run(5_000)
    expect(cluster.convergence.getSnapshot().known).toBe(0)
    expect(asked).not.toHaveBeenCalled()
    await expect(cluster.settled()).rejects.toThrow(NotAllowedError)
  })
})

describe('settled of a view', () => {
  it('resolves when the members agree', async () => {
    const { cluster } = await bench.view()
    bench.other().update({ name: 'grace' })
    await bench.settled(cluster.settled())
    expect(bench.member.members.getSnapshot()).toEqual(bench.other().members.getSnapshot())
  })

  it('ends with its signal, and with the view, and then the member waits no longer', async () => {
    const { cluster, served } = await bench.view()
    const waits: AbortSignal[] = []
    vi.spyOn(bench.member, 'settled').mockImplementation(
      ({ signal } = {}) =>
        new Promise((_, reject) => {
          if (!signal) return
          waits.push(signal)
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    const reason = new Error('enough')
    await expect(cluster.settled({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const first = cluster.settled({ signal: controller.signal })
    const second = cluster.settled()
    await bench.crossed()
    controller.abort(reason)
    await expect(first).rejects.toBe(reason)
    await bench.crossed()
    expect(waits.map(({ aborted }) => aborted)).toEqual([true, false])
    served.close()
    await expect(second).rejects.toThrow(NotRunningError)
    expect(waits.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it('refuses unknown options', async () => {
    const { cluster } = await bench.view()
    await expect(cluster.settled({ signl: 1 } as never)).rejects.toThrow(/did you mean 'signal'/)
  })
})
