import {
  type Config,
  type ConfigConflict,
  InvalidOptionsError,
  InvalidValueError,
  NotAllowedError,
  NotRunningError,
} from '@hearsay/core'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ViewBench } from './view-bench.ts'

let bench: ViewBench
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
})
afterEach(() => bench.close())

const entriesAt = (config: Config): unknown => config.entries.getSnapshot()

describe('a config in a view', () => {
  it('shows what the view and other members write, and keeps the objects of other values', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    const other = await bench.other().config('flags')
    expect(config.name).toBe('flags')
    await config.set('theme', { color: 'red' })
    expect(config.get('theme')).toEqual({ color: 'red' })
    await bench.run(2_000)
    expect(entriesAt(other)).toEqual({ theme: { color: 'red' } })
    const [theme, listener] = [config.get('theme'), vi.fn()]
    config.entries.subscribe(listener)
    await other.set('size', { px: 12 })
    await bench.run(2_000)
    expect(entriesAt(config)).toEqual({ theme: { color: 'red' }, size: { px: 12 } })
    expect(config.get('theme')).toBe(theme)
    expect(listener).toHaveBeenCalledOnce()
  })

  it('contains what was written before it was opened, without events', async () => {
    const other = await bench.other().config('flags')
    const atMember = await bench.member.config('flags')
    await other.set('color', 'red')
    await bench.run(5_000)
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    expect(entriesAt(config)).toEqual({ color: 'red' })
    expect(config.history('color')).toEqual(atMember.history('color'))
  })

  it('emits a change after its stores have changed, and before `set` resolves', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    const seen: unknown[] = []
    config.entries.subscribe(() => seen.push('store'))
    config.events.addEventListener('change', ({ detail: { key, value, previous, by } }) =>
      seen.push([key, value, previous, by, config.get(key)]),
    )
    config.watch('color', value => seen.push(value))
    await config.set('color', 'red')
    seen.push('set')
    await config.delete('color')
    expect(config.get('color')).toBeUndefined()
    const { id } = cluster.self
    expect(seen).toEqual([
      'store',
      ['color', 'red', undefined, id, 'red'],
      'red',
      'set',
      'store',
      ['color', undefined, 'red', id, undefined],
      undefined,
    ])
  })

  it('shows the history of each key, deleted keys included, as the member does', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    const atMember = await bench.member.config('flags')
    for (let step = 0; step < 10; step++) await config.set('step', step)
    await config.set('color', 'red')
    await config.delete('color')
    expect(config.history('step').map(({ from, to }) => [from, to])).toEqual([
      ...[9, 8, 7, 6, 5, 4, 3].map(step => [step - 1, step]),
      [undefined, 2],
    ])
    expect(config.history('color').map(({ to }) => to)).toEqual([undefined, 'red'])
    expect(config.histories.getSnapshot()).toEqual(atMember.histories.getSnapshot())
    const [before] = config.history('color')
    await config.set('color', 'blue')
    expect(config.history('color')[1]).toBe(before)
    expect(config.history('missing')).toEqual([])
  })

  it('is opened once in a view', async () => {
    const { cluster } = await bench.view()
    const [first, second] = await Promise.all([cluster.config('flags'), cluster.config('flags')])
    expect(second).toBe(first)
    await expect(cluster.config('flags', { retentionMs: 60_000 })).rejects.toThrow(
      new InvalidOptionsError("config: 'flags' is open with other options. Leave it first"),
    )
  })

  it('reports conflicts of a partition to each view', async () => {
    const views = [await bench.view(), await bench.view()]
    const configs = await Promise.all(views.map(({ cluster }) => cluster.config('flags')))
    const other = await bench.other().config('flags')
    const conflicts: ConfigConflict[][] = configs.map(config => {
      const seen: ConfigConflict[] = []
      config.events.addEventListener('conflict', ({ detail }) => seen.push(detail))
      return seen
    })
    await bench.run(5_000)
    bench.simulation.partition([['m0'], ['m1', 'm2']])
    await configs[0]?.set('color', 'red')
    await bench.run(1_000)
    await other.set('color', 'blue')
    await bench.run(1_000)
    bench.simulation.heal()
    await bench.run(60_000)
    for (const seen of conflicts)
      expect(seen).toMatchObject([
        { key: 'color', winner: { by: other.history('color')[0]?.by, to: 'blue' }, loser: { to: 'red' } },
      ])
    expect(configs.map(config => config.get('color'))).toEqual(['blue', 'blue'])
  })
})

describe('the schema of a view', () => {
  const schema = { size: v.pipe(v.number(), v.minValue(1)), color: v.pipe(v.string(), v.toUpperCase()) }

  it('decides what the view shows, and reports the rest', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags', { schema })
    const plain = await (await bench.view()).cluster.config('flags')
    const other = await bench.other().config('flags')
    const rejected = vi.fn()
    const changed = vi.fn()
    config.events.addEventListener('rejected', ({ detail }) => rejected(detail))
    config.events.addEventListener('change', ({ detail }) => changed(detail.key, detail.value))
    await config.set('color', 'red')
    await config.set('size', 7)
    await bench.run(2_000)
    await other.set('size', 'large')
    await bench.run(2_000)
    expect(entriesAt(config as unknown as Config)).toEqual({ color: 'RED', size: 7 })
    expect(entriesAt(plain)).toEqual({ color: 'red', size: 'large' })
    expect(changed.mock.calls).toEqual([
      ['color', 'RED'],
      ['size', 7],
    ])
    expect(rejected).toHaveBeenCalledOnce()
    const [newest] = other.history('size')
    expect(rejected.mock.lastCall?.[0]).toEqual({
      ...newest,
      key: 'size',
      issues: [expect.stringMatching(/Expected number/)],
    })
    expect(config.history('size').map(({ to }) => to)).toEqual(['large', 7])
    await other.set('size', 9)
    await bench.run(2_000)
    expect(config.get('size')).toBe(9)
    expect(rejected).toHaveBeenCalledOnce()
  })

  it('shows a valid entry that arrives after a newer one that is invalid', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags', { schema })
    const [first, second] = [await bench.other('m1').config('flags'), await bench.other('m2').config('flags')]
    await bench.run(5_000)
    bench.simulation.partition([['m1'], ['m0', 'm2']])
    await first.set('size', 5)
    await bench.run(1_000)
    await second.set('size', 'large')
    await bench.run(2_000)
    expect(config.get('size')).toBeUndefined()
    bench.simulation.heal()
    await bench.run(60_000)
    expect(config.get('size')).toBe(5)
  })
})

describe('a write in a view', () => {
  it.each<[unknown, string, RegExp]>([
    [undefined, 'color', /^set: 'color' is undefined: delete\('color'\) removes it/],
    [Number.NaN, 'color', /^set: 'color' is NaN/],
    [{ text: 'x'.repeat(17_000) }, 'color', /^set: the value of 'color': \d+ bytes/],
    [1, 'x'.repeat(300), /^set: the key has \d+ bytes/],
    [() => {}, 'color', /^set: 'color' is a function/],
    [7, 'color', /^set: 'color': Invalid type: Expected string/],
  ])('of %s under %.5s is refused before it is sent', async (value, key, message) => {
    const { cluster, served } = await bench.view()
    const config = await cluster.config('flags', { schema: v.string() })
    await expect(config.set(key, value as string)).rejects.toThrow(InvalidValueError)
    await expect(config.set(key, value as string)).rejects.toThrow(message)
    expect(served.refusedCalls).toBe(0)
  })

  it('is refused if the member is not one of the writers', async () => {
    const writers = [bench.other().self.id]
    const { cluster, served } = await bench.view()
    const config = await cluster.config('flags', { writers })
    const error = new NotAllowedError("'flags': this member is not one of its writers")
    await expect(config.set('color', 'red')).rejects.toThrow(error)
    const other = await bench.other().config('flags', { writers })
    await other.set('color', 'blue')
    await bench.run(5_000)
    expect(config.get('color')).toBe('blue')
    await expect(config.delete('color')).rejects.toThrow(error)
    await config.delete('missing')
    expect(served.refusedCalls).toBe(0)
  })

  it('is refused if there are too many keys', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    for (let key = 0; key < 1_024; key += 64)
      await Promise.all(Array.from({ length: 64 }, (_, i) => config.set(`key ${key + i}`, 1)))
    await expect(config.set('one more', 1)).rejects.toThrow(/1024 keys already/)
    await config.set('key 0', 2)
    await config.delete('key 1')
    await config.set('one more', 1)
    expect(Object.keys(config.entries.getSnapshot())).toHaveLength(1_024)
  })
})

describe('two views with one config', () => {
  it('share it: it is left with the last of them', async () => {
    const [first, second] = [await bench.view(), await bench.view()]
    const [a, b] = [await first.cluster.config('flags'), await second.cluster.config('flags')]
    const other = await bench.other().config('flags')
    await a.set('color', 'red')
    await bench.crossed()
    expect(entriesAt(b)).toEqual({ color: 'red' })
    a.leave()
    await b.set('color', 'blue')
    await bench.run(5_000)
    expect(entriesAt(other)).toEqual({ color: 'blue' })
    expect(entriesAt(a)).toEqual({ color: 'red' })
    // A config can be opened with other options after it was left.
    const reopen = () => bench.member.config('flags', { retentionMs: 60_000 })
    await expect(reopen()).rejects.toThrow(/is open with other options/)
    b.leave()
    await bench.crossed()
    await expect(reopen()).resolves.toBeDefined()
  })

  it('may have schemas of their own, but not other writers or another retention', async () => {
    const [first, second] = [await bench.view(), await bench.view()]
    await first.cluster.config('flags', { schema: v.string() })
    await expect(second.cluster.config('flags', { retentionMs: 60_000 })).rejects.toThrow(InvalidOptionsError)
    await expect(second.cluster.config('flags', { writers: [] })).rejects.toThrow(
      /config: 'flags' is open with other options/,
    )
    const config = await second.cluster.config('flags', { schema: v.number() })
    await config.set('size', 1)
    expect(config.get('size')).toBe(1)
  })

  it('checks the options as a member does', async () => {
    const { cluster } = await bench.view()
    for (const options of [{ retentionMs: 5 }, { writers: ['ada'] }, { schema: 7 }, { writer: [] }])
      await expect(cluster.config('flags', options as never)).rejects.toThrow(InvalidOptionsError)
    await expect(cluster.config('')).rejects.toThrow(/config: give a name/)
  })
})

describe('a config that a view may only read', () => {
  it('refuses writes at once, and others on the side of the member', async () => {
    const { cluster, served } = await bench.view({ configs: { 'app/*': 'read', notes: 'write' } })
    const config = await cluster.config('app/flags')
    const other = await bench.other().config('app/flags')
    await other.set('color', 'red')
    await bench.run(5_000)
    expect(entriesAt(config)).toEqual({ color: 'red' })
    for (const [name, write] of [
      ['set', () => config.set('color', 'blue')],
      ['delete', () => config.delete('color')],
    ] as const) {
      await expect(write()).rejects.toThrow(NotAllowedError)
      await expect(write()).rejects.toThrow(`${name} in config 'app/flags': this view may not do that`)
    }
    expect(served.refusedCalls).toBe(0)
    await (await cluster.config('notes')).set('a', 1)
    await expect(cluster.config('secret')).rejects.toThrow(/config 'secret': this view may not do that/)
    expect(served.refusedCalls).toBe(1)
  })
})

describe('`synced` in a view', () => {
  it('resolves with the id of a member with the same entries', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    await config.set('color', 'red')
    const synced = config.synced()
    await bench.run(1_000)
    const other = await bench.other().config('flags')
    for (let second = 0; second < 30; second++) await bench.run(1_000)
    expect(await synced).toBe(bench.other().self.id)
    expect(entriesAt(other)).toEqual({ color: 'red' })
  })

  it('rejects with the reason of the signal, and when the config is left or the port closes', async () => {
    const { cluster, served } = await bench.view()
    const config = await cluster.config('flags')
    const reason = new Error('enough')
    await expect(config.synced({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const aborted = config.synced({ signal: controller.signal })
    await bench.crossed()
    controller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    const left = config.synced()
    config.leave()
    const error = new NotRunningError("the config 'flags' was left: open it again")
    await expect(left).rejects.toThrow(error)
    await expect(config.synced()).rejects.toThrow(error)
    await bench.crossed()
    expect(served.refusedCalls).toBe(0)
    const again = await cluster.config('flags')
    const closed = again.synced()
    served.close()
    await expect(closed).rejects.toThrow(NotRunningError)
  })
})

describe('a config that a view has left', () => {
  it('keeps its values, and refuses calls', async () => {
    const { cluster } = await bench.view()
    const config = await cluster.config('flags')
    await config.set('color', 'red')
    config.leave()
    config.leave()
    expect(entriesAt(config)).toEqual({ color: 'red' })
    const error = new NotRunningError("the config 'flags' was left: open it again")
    await expect(config.set('color', 'blue')).rejects.toThrow(error)
    await expect(config.delete('color')).rejects.toThrow(error)
    const again = await cluster.config('flags')
    expect(again).not.toBe(config)
    await again.set('color', 'blue')
    expect(entriesAt(config)).toEqual({ color: 'red' })
  })

  it('refuses pending and later writes when the port closes', async () => {
    const { cluster, served } = await bench.view()
    const config = await cluster.config('flags')
    const pending = config.set('color', 'red')
    served.close()
    await expect(pending).rejects.toThrow(NotRunningError)
    await expect(config.set('color', 'blue')).rejects.toThrow(NotRunningError)
    await expect(cluster.config('flags')).rejects.toThrow(NotRunningError)
  })
})
