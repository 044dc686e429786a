import { beforeEach, describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { InvalidOptionsError, NotRunningError } from '../../src/api/errors.ts'
import type { Health } from '../../src/api/health.ts'
import { ClusterHandle } from '../../src/handles/cluster-handle.ts'
import type { HostHealth } from '../../src/handles/health-store.ts'
import { createEngine } from '../../src/runtime/engine.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { quietTransport } from '../helpers/quiet-transport.ts'

const self = idOf('self')

/** The handle of a member that is alone, on a host whose figures the test sets. */
class TestHandle extends ClusterHandle {
  figures: Partial<HostHealth> = {}
  readonly views: boolean[] = []

  protected override viewsChanged(isAnyVisible: boolean): void {
    this.views.push(isAnyVisible)
  }

  protected override hostHealth(connections: number): Partial<HostHealth> {
    return connections === 0 ? this.figures : {}
  }
}

let clock: ManualClock
let handle: TestHandle
/** What the listeners of the health and of the events saw, in the order of the calls. */
let seen: string[]
let isStoreFull: boolean

beforeEach(() => {
  clock = new ManualClock()
  handle = new TestHandle('atlas', clock)
  seen = []
  isStoreFull = false
})

function start(): WriteQueue {
  const keyValues = {
    read: async () => [],
    async write() {
      if (isStoreFull) throw new Error('full')
    },
  }
  const writes = new WriteQueue({ keyValues, clock, changed: state => handle.storageChanged(state) })
  const { driver } = createEngine(
    handle,
    { cluster: 'atlas' },
    {
      id: self,
      clock,
      transport: quietTransport,
      keys: { sign: bytes => signatureOf(self, bytes), verify: () => true },
      random: mulberry32(1),
      keyValues,
      incarnation: undefined,
      cachedPeers: [],
      writes,
      persist() {},
      persistCachedPeers() {},
      log() {},
    },
  )
  driver.start()
  return writes
}

const shown = (): Health => handle.health.getSnapshot()

function follow(figure: keyof Health): void {
  handle.health.subscribe(() => seen.push(`${figure} ${shown()[figure]}`))
}

async function leave(): Promise<void> {
  const left = handle.leave()
  await clock.pass(10_000)
  await left
}

describe('the health', () => {
  it('has zeros before the start', () => {
    expect(shown()).toBe(shown())
    expect(shown()).toMatchObject({ visible: 0, known: 0, connections: 0, storage: 'ok', rejected: 0 })
    handle.figures = { refusedConnections: 1 }
    expect(shown().refusedConnections).toBe(0)
  })

  it('is current when it is read, and the same object until a figure changes', async () => {
    start()
    await clock.pass(6_000)
    const before = shown()
    expect(before).toMatchObject({ visible: 1, known: 1, droppedConnections: 0, storageError: undefined })
    await clock.pass(5_000)
    expect(shown()).toBe(before)
    handle.figures = { droppedConnections: 3 }
    expect(shown()).toEqual({ ...before, droppedConnections: 3 })
    expect(shown()).toBe(shown())
  })

  it('is announced within a second if only a figure of the host changes, and otherwise not', async () => {
    start()
    await clock.pass(10_000)
    follow('localDiscoveryError')
    await clock.pass(10_000)
    expect(seen).toEqual([])
    handle.figures = { localDiscoveryError: 'no network' }
    await clock.pass(1_000)
    await clock.pass(10_000)
    expect(seen).toEqual(['localDiscoveryError no network'])
  })

  it('lists a problem in words while its cause lasts', async () => {
    start()
    expect(shown().problems).toEqual([])
    await clock.pass(6_000)
    expect(shown().problems).toEqual([{ name: 'alone', text: expect.stringContaining('bootstrap') }])
    const fromHost = [{ name: 'clock', text: 'The clock is wrong.' }] as const
    handle.figures = { problems: fromHost }
    const { problems } = shown()
    expect(problems).toEqual(fromHost)
    handle.figures = { problems: [...fromHost], droppedConnections: 1 }
    expect(shown().problems).toBe(problems)
  })

  it('is announced before each event that concerns it', async () => {
    const writes = start()
    follow('storage')
    handle.events.addEventListener('storage', ({ detail }) => seen.push(`event ${detail.status}`))
    isStoreFull = true
    const stored = writes.stored().catch(String)
    await clock.pass(0)
    expect(await stored).toMatch(/full/)
    expect(seen).toEqual(['storage failing', 'event failing'])
  })

  it('is announced at once with a member event and with an identity event', () => {
    start()
    follow('refusedConnections')
    handle.figures = { refusedConnections: 1 }
    handle.event({ type: 'join', member: handle.self })
    handle.figures = { refusedConnections: 2 }
    handle.identityChanged(true)
    expect(seen).toEqual(['refusedConnections 1', 'refusedConnections 2'])
  })

  it('keeps its last snapshot after the leave', async () => {
    start()
    await leave()
    const last = shown()
    expect(last).toMatchObject({ visible: 0, known: 0 })
    handle.figures = { refusedConnections: 1 }
    follow('refusedConnections')
    await clock.pass(5_000)
    expect(shown()).toBe(last)
    expect(seen).toEqual([])
  })
})

it('passes on to its host whether a view is visible, and publishes nothing itself', () => {
  start()
  const before = handle.self
  handle.update({ hasVisibleView: true })
  handle.update({ name: before.name, hasVisibleView: false })
  handle.update({ name: before.name })
  expect(handle.views).toEqual([true, false])
  expect(handle.self).toBe(before)
})

describe('a suspended member', () => {
  it('is asleep until it resumes', () => {
    start()
    const { attention } = handle.self
    expect(attention.state).toBe('active')
    handle.suspend()
    expect(handle.self.attention.state).toBe('asleep')
    handle.resume()
    expect(handle.self.attention.state).toBe('active')
    const awake = handle.self
    handle.resume()
    expect(handle.self).toBe(awake)
  })

  it.each([0, -1, 1.5, 3_600_001, Number.NaN, '1' as never, null as never])(
    'refuses a lease of %s ms',
    leaseMs => {
      start()
      const before = handle.self
      expect(() => handle.suspend({ leaseMs })).toThrow(InvalidOptionsError)
      expect(handle.self).toBe(before)
    },
  )

  it('needs a running cluster', async () => {
    expect(() => handle.suspend()).toThrow(NotRunningError)
    expect(() => handle.resume()).toThrow(NotRunningError)
    start()
    await leave()
    expect(() => handle.suspend()).toThrow(NotRunningError)
    expect(() => handle.resume()).toThrow(NotRunningError)
  })
})

describe('a leave', () => {
  it('ends everything that waits for other members at once', async () => {
    start()
    handle.answer('slow', () => new Promise(() => {}))
    const config = await handle.config('settings')
    const synced = config.synced()
    const query = handle.query('slow')
    const replies = query[Symbol.asyncIterator]().next()
    // The member does not answer the first measurement, because it has 8 queries running.
    const others = Array.from({ length: 8 }, () => handle.query('slow'))
    const settled = handle.settled()
    await clock.pass(100)
    // From here on no time passes.
    const left = handle.leave()
    await expect(synced).rejects.toThrow(new NotRunningError('the cluster was left: join again'))
    await expect(config.synced()).rejects.toThrow(new NotRunningError('the cluster was left: join again'))
    await expect(settled).rejects.toThrow(new NotRunningError('the cluster was left: join again'))
    expect(await query).toEqual({ answers: [], failures: [], missing: [self] })
    expect(await replies).toEqual({ done: true, value: undefined })
    expect((await Promise.all(others)).length).toBe(8)
    await clock.pass(10_000)
    await left
  })
})

describe('explain', () => {
  it('rejects before the start, and an id that is no string', async () => {
    await expect(handle.explain(self)).rejects.toThrow(NotRunningError)
    start()
    await expect(handle.explain(5 as never)).rejects.toThrow(InvalidOptionsError)
    expect(await handle.explain(self)).toMatchObject({
      id: self,
      status: 'alive',
      connected: false,
      facts: [
        expect.stringMatching(/^This is the member that answers/),
        expect.stringMatching(/^Its incarnation/),
      ],
    })
  })
})
