import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Allow, contractVersion, serveCluster } from '../src/index.ts'
import { ViewBench } from './view-bench.ts'

let bench: ViewBench
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
})
afterEach(() => bench.close())

interface Answer {
  readonly r?: unknown
  readonly e?: unknown
}

interface ReceivedBatch {
  readonly stores: readonly unknown[]
  readonly events: readonly unknown[]
}

/** A view without this package's code: the test chooses each call that it sends, and each batch that it acknowledges. */
class HostileView {
  readonly batches: ReceivedBatch[] = []
  readonly #port: MessagePort
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  #calls = 0
  /** What it answers when a member asks. */
  answers: unknown

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', message => {
      if (message.t === 's') this.#waiting.get(message.i)?.(message)
      if (message.m === 'asked') this.send({ t: 's', i: message.i, r: this.answers })
      if (message.m === 'batch') this.batches.push(message.a[0])
    })
  }

  send(message: unknown): void {
    this.#port.postMessage(message)
  }

  /** @returns the answer, or the error that the other end has thrown */
  async call(method: string, ...values: unknown[]): Promise<unknown> {
    const i = `${++this.#calls}`
    const answered = new Promise<Answer>(resolve => this.#waiting.set(i, resolve))
    this.send({ t: 'q', i, m: method, a: values })
    const answer = await answered
    return 'e' in answer ? { thrown: answer.e } : answer.r
  }

  /** Everything that was sent so far has crossed the port. */
  async crossed(): Promise<void> {
    for (let trip = 0; trip < 3; trip++) await this.call('explain', '')
  }
}

function hostileView(allow: Allow = {}) {
  const { port1, port2 } = new MessageChannel()
  const served = serveCluster(bench.member, port1, { allow })
  return { served, view: new HostileView(port2), close: () => port1.close() }
}

describe('a hostile view', () => {
  it('is refused everything that it may not do, counted, and changes nothing', async () => {
    const { served, view, close } = hostileView({ update: false, rooms: { readable: 'read' }, configs: {} })
    const before = bench.member.self
    await view.call('connect', contractVersion)
    await view.call('openRoom', 1, 'readable')
    const refused = [
      await view.call('update', { name: 'mallory' }),
      await view.call('suspend'),
      await view.call('resume'),
      await view.call('openRoom', 2, 'secret'),
      await view.call('setPresence', 1, { cursor: 1 }),
      await view.call('broadcast', 1, 'boo'),
      await view.call('openDocument', 2, '', new Uint8Array([0]), undefined),
    ]
    for (const answer of refused)
      expect(answer).toMatchObject({ error: { name: expect.stringMatching(/NotAllowed|NotRunning/) } })
    const empty = new Uint8Array([0])
    await view.call('openDocument', 1, '', empty, undefined)
    expect(await view.call('editDocument', 1, '', 0, new Uint8Array([0, 0]))).toMatchObject({
      error: { name: 'NotAllowedError' },
    })
    expect(served.refusedCalls).toBe(refused.length + 1)
    expect(await view.call('leave')).toEqual({ value: undefined })
    expect(bench.member.self).toEqual(before)
    expect(await bench.member.room('readable').then(({ presence }) => presence.own.getSnapshot())).toEqual({})
    close()
  })

  it('cannot announce when the member returns, although it may update its name', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    const update = vi.spyOn(bench.member, 'update')
    expect(await view.call('update', { name: 'ada', returnsWithinMs: 3_600_000 })).toMatchObject({
      error: { name: 'InvalidOptionsError' },
    })
    expect(update).not.toHaveBeenCalled()
    expect(await view.call('update', { name: 'ada' })).toEqual({ value: undefined })
    close()
  })

  it('is visible or not, whatever it sends, and makes the member announce only changes', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    const announced: unknown[] = []
    vi.spyOn(bench.member, 'update').mockImplementation(change => {
      announced.push(change)
    })
    const send = (isHidden: unknown) => view.send({ t: 'q', m: 'setHidden', a: [isHidden] })
    for (const value of [null, 0, '', 'false', {}, [], undefined, true]) send(value)
    for (let i = 0; i < 1_000; i++) send(false)
    await view.crossed()
    expect(announced).toEqual([{ hasVisibleView: true }])
    close()
    await vi.waitUntil(() => announced.length > 1)
    expect(announced).toEqual([{ hasVisibleView: true }, { hasVisibleView: false }])
  })

  it('cannot start a measurement of the convergence without the right `queries`', async () => {
    const { view, close } = hostileView({ queries: false })
    await view.call('connect', contractVersion)
    await view.call('acknowledge', 1)
    const asked = vi.spyOn(bench.member, 'query')
    view.send({ t: 'q', m: 'watch', a: [[0, 'convergence'], true] })
    expect(await view.call('synced', 0, 1)).toMatchObject({ error: { name: 'NotAllowedError' } })
    await bench.run(5_000)
    expect(asked).not.toHaveBeenCalled()
    close()
  })

  it('has at most 256 pending calls of settled', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    vi.spyOn(bench.member, 'settled').mockReturnValue(new Promise(() => {}))
    for (let call = 0; call < 256; call++)
      view.send({ t: 'q', i: `settled ${call}`, m: 'synced', a: [0, call] })
    expect(await view.call('synced', 0, 256)).toMatchObject({
      error: {
        message: 'settled: this view has 256 pending calls of settled already. Wait until some have ended',
      },
    })
    close()
  })

  it('cannot write a config that it may only read, or give the member a schema', async () => {
    const { served, view, close } = hostileView({ configs: { readable: 'read' } })
    await view.call('connect', contractVersion)
    await view.call('acknowledge', 1)
    expect(await view.call('openConfig', 1, 'secret', {})).toMatchObject({
      error: { name: 'NotAllowedError' },
    })
    const schema = { '~standard': { validate: 7 } }
    expect(await view.call('openConfig', 1, 'readable', { schema })).toEqual({
      value: { isWritable: false },
    })
    for (const [method, ...values] of [
      ['setEntry', 1, 'color', 'red'],
      ['deleteEntry', 1, 'color'],
      ['setEntry', 2, 'color', 'red'],
      ['synced', 2, 1],
    ] as const)
      expect(await view.call(method, ...values)).toMatchObject({
        error: { name: expect.stringMatching(/NotAllowed|NotRunning/) },
      })
    expect(served.refusedCalls).toBe(5)
    // Throws if the config is open with a schema.
    const config = await bench.member.config('readable')
    expect(config.histories.getSnapshot().size).toBe(0)
    close()
  })

  it.each([
    ['room', 'openRoom', []],
    ['config', 'openConfig', [{}]],
  ])('cannot open one %s twice under one number', async (_, method, rest) => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    const opening = [view.call(method, 1, 'b', ...rest), view.call(method, 1, 'b', ...rest)]
    expect(await opening[1]).toMatchObject({ error: { name: 'InvalidOptionsError' } })
    view.send({ t: 'q', m: 'acknowledge', a: [1] })
    expect(await opening[0]).toMatchObject({ value: { isWritable: true } })
    close()
  })

  it('connects once', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    expect(await view.call('connect', contractVersion)).toMatchObject({
      error: { name: 'InvalidOptionsError' },
    })
    close()
  })

  it('has a bounded number of pending calls of synced', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    await view.call('acknowledge', 1)
    await view.call('openConfig', 1, 'c', {})
    const calls = Array.from({ length: 257 }, (_, call) => view.call('synced', 1, call))
    expect(await calls.at(-1)).toMatchObject({ error: { name: 'InvalidOptionsError' } })
    close()
  })

  it.each([
    ['a call that does not exist', ['constructor']],
    ['a call of the prototype', ['hasOwnProperty', 'x']],
    ['a room with a wrong number', ['openRoom', -1, 'a']],
    ['a room with a number that is none', ['openRoom', 'x', 'a']],
    ['a room without a name', ['openRoom', 5]],
    ['presence that is no object', ['setPresence', 1, 7]],
    ['a state vector that is none', ['openDocument', 1, '', 'x', undefined]],
    ['an update that is none', ['editDocument', 1, '', 0, new Uint8Array([255, 255, 255])]],
    ['a room with wrong options', ['openRoom', 5, 'b', { writers: 7 }]],
    ['a room without options', ['openRoom', 5, 'b', null]],
    ['a config without options', ['openConfig', 5, 'c']],
    ['a config with wrong options', ['openConfig', 5, 'c', { writers: 7 }]],
    ['a config with a used number', ['openConfig', 1, 'c', {}]],
    ['a value that is none', ['setEntry', 1, {}, undefined]],
    ['the end of an unknown call', ['endSynced', {}, {}]],
    ['a store that is none', ['watch', { length: -1 }, true]],
    ['an acknowledgement that is none', ['acknowledge', {}]],
    ['an explanation of an object', ['explain', {}]],
  ] as const)('cannot harm the member with %s', async (_, [method, ...values]) => {
    const { view, close } = hostileView({})
    await view.call('connect', contractVersion)
    await view.call('openRoom', 1, 'a')
    await view.call(method, ...values)
    for (const message of [null, 7, 'text', { t: 'q' }, { t: 's', i: 'unknown' }, { t: 'x' }])
      view.send(message)
    await bench.run(1_000)
    expect(await view.call('explain', bench.member.self.id)).toMatchObject({ value: { status: 'alive' } })
    close()
  })
})

describe('a hostile view that queries', () => {
  it('is refused without the right, and does not answer', async () => {
    const { served, view, close } = hostileView({ queries: false })
    await view.call('connect', contractVersion)
    for (const answer of [
      await view.call('query', 1, 'name', null, {}),
      await view.call('answerQueries', 'name', true),
      await view.call('broadcastToAll', 'name', null),
    ])
      expect(answer).toMatchObject({ error: { name: 'NotAllowedError' } })
    expect(served.refusedCalls).toBe(3)
    const result = await bench.settled(bench.member.query('name', null, { to: bench.member.self.id }))
    expect(result.failures).toEqual([{ from: bench.member.self.id, reason: 'no-handler' }])
    close()
  })

  it('is refused wrong names, payloads and options', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    for (const answer of [
      await view.call('query', 1, '', null, {}),
      await view.call('query', 1, 'x', () => {}, {}).catch(() => ({ error: {} })),
      await view.call('query', 1, 'x', 'x'.repeat(20_000), {}),
      await view.call('query', 1, 'x', null, { to: ['x'] }),
      await view.call('query', 1, 'x', null, { timeoutMs: 1e9 }),
      await view.call('query', 1, 'x', null, 7),
      await view.call('answerQueries', 7, true),
      await view.call('broadcastToAll', 7, true),
      await view.call('broadcastToAll', 'x', 10n),
    ])
      expect(answer).toMatchObject({ error: expect.anything() })
    close()
  })

  it('answers at most 256 names', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    for (let name = 0; name < 256; name++)
      expect(await view.call('answerQueries', `${name}`, true)).toEqual({ value: undefined })
    expect(await view.call('answerQueries', 'more', true)).toMatchObject({ error: expect.anything() })
    expect(await view.call('answerQueries', '0', false)).toEqual({ value: undefined })
    expect(await view.call('answerQueries', 'more', true)).toEqual({ value: undefined })
    close()
  })

  it('has at most 32 queries running', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    const { id } = bench.other().self
    for (let number = 0; number < 32; number++)
      void view.call('query', number, 'slow', null, { to: id, timeoutMs: 60_000 })
    expect(await view.call('query', 33, 'slow', null, { to: id })).toMatchObject({
      error: { name: 'RateLimitError' },
    })
    close()
  })

  it('harms nobody with what it answers', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    await view.call('answerQueries', 'name', true)
    const { id } = bench.member.self
    for (const answer of [null, 7, {}, { failure: 'none' }, { value: 10n }, { value: 'x'.repeat(20_000) }]) {
      view.answers = answer
      const { failures } = await bench.settled(bench.member.query('name', null, { to: id }))
      expect(failures).toEqual([{ from: id, reason: 'error' }])
    }
    view.answers = { failure: 'busy' }
    const { failures } = await bench.settled(bench.member.query('name', null, { to: id }))
    expect(failures).toEqual([{ from: id, reason: 'busy' }])
    vi.unstubAllGlobals()
    close()
  })
})

describe('a view that does not acknowledge', () => {
  it('receives one batch, and everything that changed since in the next one', async () => {
    const { view, close } = hostileView()
    await view.call('connect', contractVersion)
    await view.crossed()
    for (let step = 0; step < 50; step++) {
      bench.other('m1').update({ tags: { step: `${step}` } })
      await bench.simulation.run(1_000)
    }
    await view.crossed()
    expect(view.batches).toHaveLength(1)
    await view.call('acknowledge', 1)
    expect(view.batches).toHaveLength(2)
    const { id } = bench.other('m1').self
    expect(view.batches[1]?.stores).toContainEqual([
      [0, 'members'],
      { changed: [[id, { tags: { step: '49' } }, []]], removed: [] },
    ])
    close()
  })

  it('has a bounded queue of events, and the member counts those that were dropped', async () => {
    const { served, view, close } = hostileView()
    await view.call('connect', contractVersion)
    await view.call('openRoom', 1, 'a')
    const other = await bench.other().room('a')
    await bench.simulation.run(5_000)
    for (let event = 0; event < 1_500; event++) {
      other.broadcast(event)
      if (event % 50 === 0) await bench.simulation.run(1_000)
    }
    await bench.simulation.run(1_000)
    await view.call('acknowledge', 1)
    expect(view.batches.at(-1)?.events).toHaveLength(1_024)
    expect(served.droppedEvents).toBeGreaterThan(400)
    close()
  })
})
