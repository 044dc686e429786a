import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppEvents } from '../../src/runtime/app-events.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../../src/runtime/owned-store.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

type Events = { first: CustomEvent<number>; second: CustomEvent<number> }

/** Two stores and an event target of one member. */
class NotificationsBench {
  readonly clock = new ManualClock()
  readonly notifications = new AppNotifications(this.clock)
  readonly events = new AppEvents<Events>(this.notifications)
  readonly log: string[] = []
  readonly values = { a: 0, b: 0 }
  readonly a: OwnedStore<number> = createStore(this.notifications, () => this.values.a)
  readonly b: OwnedStore<number> = createStore(this.notifications, () => this.values.b)

  set(name: 'a' | 'b', value: number): void {
    this.values[name] = value
    this[name].refresh()
  }

  /** A listener that records its calls. */
  notes(what: string): () => void {
    return () => void this.log.push(what)
  }
}

const reported: unknown[] = []
beforeEach(() => {
  reported.length = 0
  vi.stubGlobal('reportError', (error: unknown) => void reported.push(error))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const fails = (text: string) => () => {
  throw new Error(text)
}

describe('listeners', () => {
  it('run after the outermost step: first those of stores, then those of events, in the order of the changes', () => {
    const bench = new NotificationsBench()
    bench.events.addEventListener('second', ({ detail }) => bench.log.push(`second ${detail}`))
    bench.events.addEventListener('first', ({ detail }) => bench.log.push(`first ${detail}`))
    bench.a.subscribe(bench.notes('a'))
    bench.b.subscribe(bench.notes('b'))
    bench.notifications.step(() => {
      bench.events.emit('second', 1)
      bench.notifications.step(() => {
        bench.set('b', 1)
        bench.set('a', 1)
        bench.events.emit('first', 2)
        bench.set('b', 2)
      })
      expect(bench.log).toEqual([])
    })
    expect(bench.log).toEqual(['b', 'a', 'second 1', 'first 2'])
  })

  it('run after timers of the member as well, and immediately outside of steps', () => {
    const bench = new NotificationsBench()
    bench.a.subscribe(bench.notes('a'))
    bench.set('a', 1)
    expect(bench.log).toEqual(['a'])
    bench.notifications.clock.setTimer(5, () => {
      bench.set('a', 2)
      bench.log.push('armed')
    })
    return bench.clock.pass(5).then(() => expect(bench.log).toEqual(['a', 'armed', 'a']))
  })

  it('run although other listeners throw or reject, and each error is reported once', async () => {
    const bench = new NotificationsBench()
    bench.a.subscribe(fails('store'))
    bench.a.subscribe(async () => fails('async store')())
    bench.a.subscribe(bench.notes('a'))
    bench.events.addEventListener('first', fails('event'))
    bench.events.addEventListener('first', { handleEvent: fails('object') })
    bench.events.addEventListener('first', bench.notes('first'))
    expect(() =>
      bench.notifications.step(() => {
        bench.set('a', 1)
        bench.events.emit('first', 1)
        throw new Error('of the member itself')
      }),
    ).toThrow('of the member itself')
    await Promise.resolve()
    expect(bench.log).toEqual(['a', 'first'])
    expect(reported.map(String).sort()).toEqual([
      'Error: async store',
      'Error: event',
      'Error: object',
      'Error: store',
    ])
  })

  it('that change something cause another round after all others have run', () => {
    const bench = new NotificationsBench()
    bench.a.subscribe(() => {
      bench.log.push('a')
      if (bench.values.b < 2) bench.notifications.step(() => bench.set('b', bench.values.b + 1))
    })
    bench.a.subscribe(bench.notes('a, too'))
    bench.b.subscribe(() => {
      bench.log.push(`b ${bench.values.b}`)
      bench.set('a', bench.values.a + 1)
    })
    bench.events.addEventListener('first', bench.notes('first'))
    bench.notifications.step(() => {
      bench.set('a', 1)
      bench.events.emit('first', 1)
    })
    expect(bench.log).toEqual([
      ...['a', 'a, too', 'first'],
      'b 1',
      ...['a', 'a, too'],
      'b 2',
      ...['a', 'a, too'],
    ])
  })

  it('are not called twice for one value', () => {
    const bench = new NotificationsBench()
    const late = bench.notes('late')
    bench.a.subscribe(() => {
      if (bench.values.a > 1) return
      bench.set('a', 2)
      bench.a.subscribe(late)
    })
    bench.a.subscribe(() => bench.log.push(`sees ${bench.values.a}`))
    bench.set('a', 1)
    expect(bench.log).toEqual(['sees 2'])
    bench.set('a', 2)
    expect(bench.log).toEqual(['sees 2'])
    bench.set('a', 3)
    expect(bench.log).toEqual(['sees 2', 'sees 3', 'late'])
  })

  it('are not called after they are removed, nor for events from before they were added', () => {
    const bench = new NotificationsBench()
    const removed = bench.notes('removed')
    const added = bench.notes('added')
    const stops: (() => void)[] = []
    bench.a.subscribe(() => {
      for (const stop of stops.splice(0)) stop()
      bench.events.addEventListener('second', added)
    })
    stops.push(bench.a.subscribe(removed))
    bench.events.addEventListener('first', () => {
      bench.events.removeEventListener('first', removed)
      bench.events.addEventListener('first', added)
    })
    bench.events.addEventListener('first', removed)
    bench.notifications.step(() => {
      bench.set('a', 1)
      bench.events.emit('first', 1)
      bench.events.emit('second', 1)
    })
    expect(bench.log).toEqual([])
    bench.events.emit('first', 2)
    bench.events.emit('second', 2)
    expect(bench.log).toEqual(['added', 'added'])
  })

  it('that react to themselves without end do not block the event loop, and no event is lost', async () => {
    const bench = new NotificationsBench()
    let calls = 0
    bench.a.subscribe(() => {
      calls += 1
      bench.set('a', bench.values.a + 1)
    })
    bench.events.addEventListener('first', ({ detail }) => {
      if (detail < 1_000) bench.events.emit('first', detail + 1)
      else bench.log.push('first 1000')
    })
    bench.set('a', 1)
    const inOneTurn = calls
    expect(inOneTurn).toBeLessThan(100)
    bench.events.emit('first', 1)
    await bench.clock.pass(100)
    expect(calls).toBeGreaterThan(inOneTurn)
    expect(bench.log).toEqual(['first 1000'])
  })
})

describe('app events', () => {
  it('support once, signals, listener objects and duplicates like every event target', () => {
    const bench = new NotificationsBench()
    const { events, log } = bench
    const listener = bench.notes('listener')
    const abort = new AbortController()
    events.addEventListener('first', listener)
    events.addEventListener('first', listener)
    events.addEventListener('first', bench.notes('once'), { once: true })
    events.addEventListener('first', bench.notes('until aborted'), { signal: abort.signal })
    events.addEventListener('first', bench.notes('never'), { signal: AbortSignal.abort() })
    events.addEventListener('first', null)
    expect(events.listenerCount('first')).toBe(3)
    events.emit('first', 1)
    expect(log.splice(0)).toEqual(['listener', 'once', 'until aborted'])
    abort.abort()
    events.emit('first', 2)
    expect(log.splice(0)).toEqual(['listener'])
    events.removeEventListener('first', listener)
    events.dispatchEvent(new CustomEvent('first'))
    expect(log).toEqual([])
    expect(events.listenerCount('first')).toBe(0)
  })

  it('take null as options, as in browsers', () => {
    const bench = new NotificationsBench()
    const listener = bench.notes('first')
    const options = null as unknown as undefined
    bench.events.addEventListener('first', listener, options)
    bench.events.emit('first', 1)
    bench.events.removeEventListener('first', listener, options)
    bench.events.emit('first', 2)
    expect(bench.log).toEqual(['first'])
  })

  it('are dispatched during another dispatch when an app does so', () => {
    const { events, log } = new NotificationsBench()
    events.addEventListener('first', () => events.dispatchEvent(new CustomEvent('second', { detail: 2 })))
    events.addEventListener('first', () => log.push('first'))
    events.addEventListener('second', () => log.push('second'))
    events.emit('first', 1)
    expect(log).toEqual(['second', 'first'])
  })
})
