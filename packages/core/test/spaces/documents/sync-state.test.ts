import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type SyncRequest, SyncState } from '../../../src/spaces/documents/sync-state.ts'

const [timeoutMs, rejectedMs] = [1_000, 30_000]
const digestOf = (value: number): Uint8Array => new Uint8Array(16).fill(value)

const requestOf = (from: string, change: Partial<SyncRequest> = {}): SyncRequest => ({
  from,
  digest: digestOf(1),
  isSynced: false,
  isPartial: false,
  ...change,
})

let state: SyncState

beforeEach(() => {
  state = new SyncState()
})

/** Reports a complete answer of the member `id` to the state, as an exchange does. */
function answer(id: string, { isSynced = true, isNew = true, isPartial = false, isIncomplete = false } = {}) {
  state.request(requestOf(id, { isSynced, isPartial }), 0)
  state.received(id, 100, 0)
  if (isNew) state.merged(id)
  if (isIncomplete) state.markIncomplete(id)
  return state.ended(id, isSynced)
}

describe('a replica becomes synced', () => {
  it.each<[string, () => void, boolean]>([
    ['when it is established that no other member holds more', () => state.establish(), true],
    ['when the answer of a synced member ended', () => void answer('a'), true],
    ['when it is equal to that of a synced member', () => state.caughtUpWith('a', true), true],
    ['not by the answer of a member that is not synced', () => void answer('a', { isSynced: false }), false],
    ['not by being equal to a replica that is not synced', () => state.caughtUpWith('a', false), false],
    ['not by an answer about a part of the document', () => void answer('a', { isPartial: true }), false],
    ['not by an answer of which a part was dropped', () => void answer('a', { isIncomplete: true }), false],
    ['not by an answer without a request', () => void state.ended('a', true), false],
    [
      'not by the answer of a member that did not get the last request',
      () => {
        state.request(requestOf('a'), 0)
        state.request(requestOf('b'), timeoutMs)
        state.ended('a', true)
      },
      false,
    ],
    [
      'not by an answer that was rejected',
      () => {
        state.request(requestOf('a'), 0)
        state.reject('a', 0)
        state.ended('a', true)
      },
      false,
    ],
    [
      'not by an answer whose connection closed',
      () => {
        state.request(requestOf('a'), 0)
        state.closed('a')
        state.ended('a', true)
      },
      false,
    ],
  ])('%s', (_, act, isSynced) => {
    act()
    expect(state.isSynced).toBe(isSynced)
  })
})

describe('a synced replica', () => {
  beforeEach(() => state.establish())

  it.each<[string, () => void]>([
    ['all of the content was merged', () => state.caughtUpWith('a', false)],
    ['the answer ended', () => void answer('a', { isSynced: false })],
    [
      'the member disconnected, and a replica that is synced is equal',
      () => {
        state.closed('a')
        state.caughtUpWith('b', true)
      },
    ],
    [
      'the member disconnected, and no other member has more content',
      () => {
        state.closed('a')
        state.establish()
      },
    ],
    [
      'the member disconnected and died',
      () => {
        state.closed('a')
        state.departed('a')
      },
    ],
    ['the member closed the document', () => state.departed('a')],
    ['the content is rejected', () => state.reject('a', 0)],
  ])('is not synced while a newly reachable member holds more, and is synced again when %s', (_, end) => {
    state.markAhead('a')
    expect([state.isSynced, state.isSyncedFor('a'), state.isSyncedFor('b')]).toEqual([false, true, false])
    end()
    expect(state.isSynced).toBe(true)
  })

  it('is not synced while a member that holds more is disconnected', () => {
    state.markAhead('a')
    state.closed('a')
    state.caughtUpWith('b', false)
    expect([state.isSynced, [...state.aheadAndClosed()]]).toEqual([false, ['a']])
  })

  it('waits again for a member that holds more and connects again', () => {
    state.markAhead('a')
    state.closed('a')
    state.markAhead('a')
    state.caughtUpWith('b', true)
    expect([state.isSynced, [...state.aheadAndClosed()]]).toEqual([false, []])
  })

  it('stays synced when a member that it was compared with writes more', () => {
    state.caughtUpWith('a', false)
    state.markAhead('a')
    expect(state.isSynced).toBe(true)
  })

  it.each(['closed', 'departed'] as const)('is compared again with a member that has %s', end => {
    state.caughtUpWith('a', false)
    state[end]('a')
    expect(state.hasCompared('a')).toBe(false)
    state.markAhead('a')
    expect(state.isSynced).toBe(false)
  })

  it('does not wait for content that it rejected', () => {
    state.reject('a', 0)
    state.markAhead('a')
    expect(state.isSynced).toBe(true)
  })

  it('knows nothing of other members after a reset', () => {
    state.caughtUpWith('a', true)
    state.reset()
    expect([state.isSynced, state.hasCompared('a'), [...state.members()]]).toEqual([false, false, []])
  })
})

describe('only one member at a time gets a request', () => {
  const mayRequest = (nowMs: number, isSynced = false) => state.mayRequest('b', digestOf(1), isSynced, nowMs)

  it('until it has been silent for a second', () => {
    state.request(requestOf('a'), 0)
    expect([mayRequest(0), mayRequest(timeoutMs - 1), mayRequest(timeoutMs)]).toEqual([false, false, true])
    state.received('a', 100_000, 900)
    expect([mayRequest(timeoutMs), mayRequest(900 + timeoutMs)]).toEqual([false, true])
  })

  it('unless another member is synced and it is not', () => {
    state.request(requestOf('a'), 0)
    expect(mayRequest(0, true)).toBe(true)
    state.request(requestOf('a', { isSynced: true }), 0)
    expect(mayRequest(0, true)).toBe(false)
  })

  it('unless it is slow', () => {
    state.request(requestOf('a'), 0)
    for (let nowMs = 500; nowMs <= 6_000; nowMs += 500) state.received('a', 1_000, nowMs)
    expect(mayRequest(6_000)).toBe(true)
    state.request(requestOf('a'), 0)
    for (let nowMs = 500; nowMs <= 6_000; nowMs += 500) state.received('a', 100_000, nowMs)
    expect(mayRequest(6_000)).toBe(false)
  })

  it('and further requests about a part of the document only while they bring something', () => {
    expect(answer('a', { isPartial: true })).toBe(true)
    expect(answer('a', { isPartial: true, isNew: false })).toBe(false)
    expect(answer('a')).toBe(false)
  })
})

describe('a member that sent content that cannot be applied', () => {
  const mayRequest = (nowMs: number, digest: number | undefined) =>
    state.mayRequest('a', digest === undefined ? undefined : digestOf(digest), true, nowMs)

  it('gets no request for 30 s, and then only if its document has changed', () => {
    state.request(requestOf('a'), 0)
    state.reject('a', 0)
    expect([mayRequest(rejectedMs - 1, 2), mayRequest(rejectedMs, 1), mayRequest(rejectedMs, 2)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('gets no request while its digest is unknown', () => {
    state.reject('a', 0)
    expect([mayRequest(10 * rejectedMs, undefined), mayRequest(rejectedMs, 1)]).toEqual([false, true])
  })

  it('is remembered by the digest that led to requests about buckets', () => {
    state.request(requestOf('a'), 0)
    state.request(requestOf('a', { digest: undefined, isPartial: true }), 0)
    state.reject('a', 0)
    expect([mayRequest(rejectedMs, 1), mayRequest(rejectedMs, 2)]).toEqual([false, true])
  })

  it('gets requests when it has turned out equal, or has reconnected', () => {
    state.reject('a', 0)
    state.caughtUpWith('a', false)
    expect(mayRequest(0, 1)).toBe(true)
    state.reject('a', 0)
    state.closed('a')
    expect(mayRequest(0, 1)).toBe(true)
  })
})

describe('own digests', () => {
  it('are remembered, the newest 256', () => {
    const text = (value: number) => Buffer.from(digestOf(value)).toString('base64').replaceAll('=', '')
    for (let i = 0; i < 300; i++)
      state.recordDigest(new Uint8Array(16).fill(i % 256).fill(i < 256 ? 0 : 1, 1))
    state.recordDigest(digestOf(7))
    expect(state.hasDigest(text(7))).toBe(true)
    expect(state.hasDigest(text(9))).toBe(false)
    const oldest = Buffer.from(new Uint8Array(16)).toString('base64').replaceAll('=', '')
    expect(state.hasDigest(oldest)).toBe(false)
  })
})

type Event =
  | {
      readonly type: 'request' | 'end'
      readonly id: string
      readonly isSynced: boolean
      readonly isPartial: boolean
    }
  | { readonly type: 'merge' | 'behind' | 'incomplete' | 'reject' | 'close' | 'depart'; readonly id: string }
  | { readonly type: 'establish' | 'reset' }

const id = fc.constantFrom('a', 'b', 'c')
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    type: fc.constantFrom('request' as const, 'end' as const),
    id,
    isSynced: fc.boolean(),
    isPartial: fc.boolean(),
  }),
  fc.record({
    type: fc.constantFrom(
      'merge' as const,
      'behind' as const,
      'incomplete' as const,
      'reject' as const,
      'close' as const,
      'depart' as const,
    ),
    id,
  }),
  fc.record({ type: fc.constantFrom('establish' as const, 'reset' as const) }),
)

/** The invariants in their simplest form: which members are ahead, which were compared with, and the open request. */
class Model {
  isEstablished = false
  readonly ahead = new Set<string>()
  readonly closed = new Set<string>()
  readonly compared = new Set<string>()
  readonly rejected = new Set<string>()
  requested: { id: string; isPartial: boolean; isIncomplete: boolean } | undefined

  get isSynced(): boolean {
    return this.isEstablished && this.ahead.size === 0
  }

  take(event: Event): void {
    switch (event.type) {
      case 'establish':
        this.#establish()
        break
      case 'reset':
        this.isEstablished = false
        for (const set of [this.ahead, this.closed, this.compared, this.rejected]) set.clear()
        this.requested = undefined
        break
      case 'request':
        this.requested = { id: event.id, isPartial: event.isPartial, isIncomplete: false }
        break
      case 'end': {
        const { requested } = this
        if (requested?.id !== event.id) break
        this.requested = undefined
        if (requested.isPartial || requested.isIncomplete) break
        if (event.isSynced) this.#establish()
        this.compared.add(event.id)
        this.#dropAhead(event.id)
        this.rejected.delete(event.id)
        break
      }
      case 'merge':
      case 'behind':
        if (this.compared.has(event.id) || this.rejected.has(event.id)) break
        this.ahead.add(event.id)
        this.closed.delete(event.id)
        break
      case 'incomplete':
        if (this.requested?.id === event.id) this.requested.isIncomplete = true
        break
      default:
        if (event.type !== 'close') this.#dropAhead(event.id)
        else if (this.ahead.has(event.id)) this.closed.add(event.id)
        if (this.requested?.id === event.id) this.requested = undefined
        if (event.type === 'reject') this.rejected.add(event.id)
        else this.compared.delete(event.id)
        if (event.type === 'close') this.rejected.delete(event.id)
    }
  }

  #establish(): void {
    this.isEstablished = true
    for (const id of this.closed) this.#dropAhead(id)
  }

  #dropAhead(id: string): void {
    this.ahead.delete(id)
    this.closed.delete(id)
  }
}

function act(state: SyncState, event: Event): void {
  switch (event.type) {
    case 'establish':
      state.establish()
      break
    case 'reset':
      state.reset()
      break
    case 'request':
      state.request(requestOf(event.id, event), 0)
      break
    case 'end':
      state.ended(event.id, event.isSynced)
      break
    case 'merge':
      state.merged(event.id)
      break
    case 'behind':
      state.markAhead(event.id)
      break
    case 'incomplete':
      state.markIncomplete(event.id)
      break
    case 'reject':
      state.reject(event.id, 0)
      break
    case 'close':
      state.closed(event.id)
      break
    case 'depart':
      state.departed(event.id)
      break
  }
}

describe('after any sequence of events', () => {
  it('a replica is synced exactly when the invariants require it', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), events => {
        const [tested, model] = [new SyncState(), new Model()]
        for (const each of events) {
          const wasSynced = tested.isSynced
          act(tested, each)
          model.take(each)
          expect(tested.isSynced).toBe(model.isSynced)
          for (const member of ['a', 'b', 'c'])
            expect(tested.hasCompared(member)).toBe(model.compared.has(member))
          // Nothing from an unsynced member makes a replica synced that never was.
          if (!wasSynced && tested.isSynced && each.type === 'end') expect(model.isEstablished).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
