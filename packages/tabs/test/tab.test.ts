import { getEventListeners } from 'node:events'
import type { Cluster } from '@hearsay/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { joinFromTab } from '../src/index.ts'
import { hold, leaderLock } from '../src/locks.ts'
import { TabBench } from './tab-bench.ts'

let bench: TabBench
beforeEach(() => {
  bench = new TabBench()
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await bench.close()
})

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 10_000, interval: 5 })
const handover = { returnsWithinMs: 5_000 }

describe('tabs', () => {
  it('share the member of the first tab, and one of them is next in line', async () => {
    const views = [await bench.tab('a').start(), await bench.tab('b').start(), await bench.tab('c').start()]
    expect(bench.joined).toEqual(['a'])
    expect(bench.next).toEqual(['a', 'b'])
    expect(new Set(views.map(({ self }) => self.id)).size).toBe(1)
    for (const view of views) await view.leave()
    expect(bench.left[0]).toEqual(handover)
    expect(bench.left.at(-1)?.returnsWithinMs).toBe(undefined)
  })

  it('hand the member over when the leader ends, and leave with the last tab', async () => {
    const [a, b] = [await bench.tab('a').start(), await bench.tab('b').start()]
    const room = await b.room('design')
    await a.leave()
    expect(bench.left).toEqual([handover])
    room.presence.set({ cursor: 1 })
    await until(() => b.self.id === bench.simulation.member('m1').cluster.self.id)
    expect(bench.joined).toEqual(['a', 'b'])
    const other = await bench.simulation.member('m3').cluster.room('design')
    await until(() => other.presence.others.getSnapshot()[0]?.presence['cursor'] === 1)
    await b.leave()
    expect(bench.left).toEqual([handover, {}])
  })

  it('follow their page until the view leaves', async () => {
    const [document, window] = [new EventTarget(), new EventTarget()]
    vi.stubGlobal('document', document)
    vi.stubGlobal('window', window)
    const listeners = () =>
      ['freeze', 'resume', 'pagehide', 'pageshow'].flatMap(type =>
        [document, window].flatMap(target => getEventListeners(target, type)),
      )
    const view = await bench.tab('a').start()
    expect(listeners().length).toBe(4)
    await view.leave()
    expect(listeners().length).toBe(0)
  })

  it('go on without a tab that is frozen, until it runs again', async () => {
    const [first, second] = [bench.tab('a'), bench.tab('b')]
    const [a, b] = [await first.start(), await second.start()]
    first.pause()
    await until(() => bench.joined.length === 2)
    const explained = a.explain(b.self.id)
    await until(() => b.self.id === bench.simulation.member('m1').cluster.self.id)
    first.resume()
    expect((await explained).status).toBe('alive')
    expect(bench.left).toEqual([handover])
    expect(bench.joined).toEqual(['a', 'b'])
    second.pause()
    second.resume()
    await until(() => bench.joined.length === 3)
    expect(bench.joined).toEqual(['a', 'b', 'a'])
    for (const view of [b, a]) await view.leave()
  })

  it('ask nothing of the leader as soon as they do not wait in line', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [first, second] = [bench.tab('a'), bench.tab('b')]
    const views = [await first.start(), await second.start()]
    await until(() => bench.next.length === 2)
    second.pause()
    const post = vi.spyOn(BroadcastChannel.prototype, 'postMessage')
    vi.advanceTimersByTime(3_000)
    expect(post).not.toHaveBeenCalledWith({ type: 'ping' })
    post.mockRestore()
    vi.useRealTimers()
    second.resume()
    for (const view of views) await view.leave()
  })

  it('wait in line once, although they were frozen for a moment only', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [first, second] = [bench.tab('a'), bench.tab('b')]
    const views = [await first.start(), await second.start()]
    await until(() => bench.next.length === 2)
    first.pause()
    first.resume()
    await until(() => bench.joined.length === 2 && bench.next.length > 2)
    for (const view of views) await view.leave()
    const post = vi.spyOn(BroadcastChannel.prototype, 'postMessage')
    vi.advanceTimersByTime(3_000)
    expect(post).not.toHaveBeenCalled()
    post.mockRestore()
    vi.useRealTimers()
  })

  it('announce that another one continues the member after a crash, while there is another one', async () => {
    const [first, second, third] = [bench.tab('a'), bench.tab('b'), bench.tab('c')]
    const a = await first.start()
    expect(bench.returnsWithinMs).toEqual([])
    const b = await second.start()
    await until(() => bench.returnsWithinMs.length === 1)
    const c = await third.start()
    await c.leave()
    second.pause()
    await until(() => bench.returnsWithinMs.length === 2)
    second.resume()
    await until(() => bench.returnsWithinMs.length === 3)
    expect(bench.returnsWithinMs).toEqual([5_000, 0, 5_000])
    await a.leave()
    await until(() => bench.joined.length === 2)
    await b.leave()
    expect(bench.returnsWithinMs).toEqual([5_000, 0, 5_000])
  })

  it('keep the member of the only tab when it is frozen', async () => {
    const only = bench.tab('a')
    const view = await only.start()
    only.pause()
    only.resume()
    expect(bench.left).toEqual([])
    expect(view.self.status).toBe('alive')
    await view.leave()
  })

  it('take the lock from a leader that does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const release = await hold(leaderLock(bench.name))
    const starting = bench.tab('a').start()
    await until(() => bench.next.length === 1)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(bench.joined).toEqual([])
    await vi.advanceTimersByTimeAsync(3_000)
    vi.useRealTimers()
    const view = await starting
    expect(bench.joined).toEqual(['a'])
    release()
    await view.leave()
  })

  it('hand over the member of a tab from which another one has taken the lock, and wait in line again', async () => {
    const a = await bench.tab('a').start()
    let release: () => void = () => {}
    const taken = new Promise<void>(resolve => {
      release = resolve
    })
    void navigator.locks.request(leaderLock(bench.name), { steal: true }, () => taken)
    await until(() => bench.left.length === 1)
    expect(bench.left).toEqual([handover])
    release()
    await until(() => a.self.id === bench.simulation.member('m1').cluster.self.id)
    await a.leave()
  })

  it('leave the lock to a leader that answers, although it takes long to join', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let joined: (cluster: Cluster) => void = () => {}
    const a = bench.tab('a', () => new Promise(resolve => (joined = resolve))).start()
    await until(() => bench.joined.length === 1)
    const b = bench.tab('b').start()
    await until(() => bench.next.length === 2)
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    vi.useRealTimers()
    joined(bench.simulation.member('m0').cluster)
    const views = await Promise.all([a, b])
    expect(bench.joined).toEqual(['a'])
    for (const view of views) await view.leave()
  })

  it('throw the error of `join`, and let the next tab try', async () => {
    const failing = bench.tab('a', async () => Promise.reject(new Error('no storage'))).start()
    const b = bench.tab('b').start()
    await expect(failing).rejects.toThrow('no storage')
    const view = await b
    expect(bench.joined).toEqual(['a', 'b'])
    await view.leave()
  })

  it('report the error of a later `join`, and try again', async () => {
    let attempts = 0
    const a = await bench.tab('a').start()
    const b = await bench
      .tab('b', async () => {
        attempts += 1
        if (attempts === 1) throw new Error('busy')
        return bench.simulation.member('m2').cluster
      })
      .start()
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    await a.leave()
    await until(() => b.self.id === bench.simulation.member('m2').cluster.self.id)
    expect(reportError).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
    await b.leave()
  })

  it('wait longer after each later `join` that fails, up to 30 s', async () => {
    const failures = 7
    let attempts = 0
    const a = await bench.tab('a').start()
    const b = await bench
      .tab('b', async () => {
        attempts += 1
        if (attempts <= failures) throw new Error('offline')
        return bench.simulation.member('m2').cluster
      })
      .start()
    const waits: number[] = []
    const { setTimeout } = globalThis
    vi.stubGlobal('reportError', () => {})
    vi.stubGlobal('setTimeout', (act: () => void, ms: number) => {
      if (ms < 1_000) return setTimeout(act, ms)
      waits.push(ms)
      return setTimeout(act)
    })
    await a.leave()
    await until(() => b.self.id === bench.simulation.member('m2').cluster.self.id)
    vi.unstubAllGlobals()
    // The view waits for the rows of its stores, too.
    expect(waits.slice(0, failures)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    await b.leave()
  })

  it('let the other tabs try at once after a later `join` that fails', async () => {
    const a = await bench.tab('a').start()
    const b = await bench.tab('b', async () => Promise.reject(new Error('the code is missing'))).start()
    const c = await bench.tab('c').start()
    const { setTimeout } = globalThis
    vi.stubGlobal('reportError', () => {})
    // The timer of the next attempt never fires.
    vi.stubGlobal('setTimeout', (act: () => void, ms: number) => (ms < 1_000 ? setTimeout(act, ms) : 0))
    await a.leave()
    await until(() => bench.joined.length === 3)
    expect(bench.joined).toEqual(['a', 'b', 'c'])
    const { id } = bench.simulation.member('m2').cluster.self
    await until(() => b.self.id === id && c.self.id === id)
    vi.unstubAllGlobals()
    for (const view of [b, c]) await view.leave()
  })
})

describe('joinFromTab', () => {
  it('is a member of its own where there are no locks, and warns', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    vi.stubGlobal('navigator', {})
    const { cluster } = bench.simulation.member('m0')
    expect(await joinFromTab({ cluster: 'x', join: async () => cluster })).toBe(cluster)
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/no Web Locks .* each tab is a member of its own/),
    )
    vi.unstubAllGlobals()
    warn.mockRestore()
  })

  it('refuses options that are missing', async () => {
    await expect(joinFromTab({ cluster: '' } as never)).rejects.toThrow(/give the cluster's name/)
    await expect(joinFromTab({ cluster: 'x' } as never)).rejects.toThrow(/give a function that joins/)
  })
})
