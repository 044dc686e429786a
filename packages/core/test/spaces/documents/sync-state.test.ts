import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type SyncRequest, SyncState } from '../../../src/spaces/documents/sync-state.ts'

const [patienceMs, refusedMs] = [1_000, 30_000]
const digestOf = (value: number): Uint8Array => new Uint8Array(16).fill(value)

const question = (from: string, change: Partial<SyncRequest> = {}): SyncRequest => ({
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

/** An answer of this member, as one exchange brings it. */
function answer(id: string, { isSynced = true, isNew = true, isPartial = false, isSpoiled = false } = {}) {
  state.request(question(id, { isSynced, isPartial }), 0)
  state.received(id, 100, 0)
  if (isNew) state.merged(id)
  if (isSpoiled) state.markIncomplete(id)
  return state.ended(id, isSynced)
}

describe('a replica becomes synced', () => {
  it.each<[string, () => void, boolean]>([
    ['when it is established that nobody holds more', () => state.establish(), true],
    ['when the answer of a synced member ended', () => void answer('a'), true],
    ['when it is equal to that of a synced member', () => state.caughtUpWith('a', true), true],
    [
      'not from the answer of a member that is not synced',
      () => void answer('a', { isSynced: false }),
      false,
    ],
    ['not from a replica that is equal and not synced', () => state.caughtUpWith('a', false), false],
    ['not from an answer about a part of the document', () => void answer('a', { isPartial: true }), false],
    ['not from an answer of which something was dropped', () => void answer('a', { isSpoiled: true }), false],
    ['not from an answer that nobody asked for', () => void state.ended('a', true), false],
    [
      'not from the answer of another member than the one that was asked last',
      () => {
        state.request(question('a'), 0)
        state.request(question('b'), patienceMs)
        state.ended('a', true)
      },
      false,
    ],
    [
      'not from an answer that was refused',
      () => {
        state.request(question('a'), 0)
        state.reject('a', 0)
        state.ended('a', true)
      },
      false,
    ],
    [
      'not from an answer of which the connection closed',
      () => {
        state.request(question('a'), 0)
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

describe('a replica that is synced', () => {
  beforeEach(() => state.establish())

  it.each<[string, () => void]>([
    ['all of it was merged', () => state.caughtUpWith('a', false)],
    ['its answer ended', () => void answer('a', { isSynced: false })],
    ['the member is gone', () => state.closed('a')],
    ['the member closed the document', () => state.departed('a')],
    ['what it sends is refused', () => state.reject('a', 0)],
  ])('is not while a newly reachable member holds more, and is again when %s', (_, end) => {
    state.markAhead('a')
    expect([state.isSynced, state.isSyncedFor('a'), state.isSyncedFor('b')]).toEqual([false, true, false])
    end()
    expect(state.isSynced).toBe(true)
  })

  it('stays so when a member that it was compared with writes more', () => {
    state.caughtUpWith('a', false)
    state.markAhead('a')
    expect(state.isSynced).toBe(true)
  })

  it.each(['closed', 'departed'] as const)('compares anew with a member that has %s', end => {
    state.caughtUpWith('a', false)
    state[end]('a')
    expect(state.hasCompared('a')).toBe(false)
    state.markAhead('a')
    expect(state.isSynced).toBe(false)
  })

  it('does not wait for what it refused', () => {
    state.reject('a', 0)
    state.markAhead('a')
    expect(state.isSynced).toBe(true)
  })

  it('knows nothing any more when it is reset', () => {
    state.caughtUpWith('a', true)
    state.reset()
    expect([state.isSynced, state.hasCompared('a'), [...state.members()]]).toEqual([false, false, []])
  })
})

describe('of all members, one is asked', () => {
  const mayAsk = (nowMs: number, isSynced = false) => state.mayRequest('b', digestOf(1), isSynced, nowMs)

  it('until it has been silent for a second', () => {
    state.request(question('a'), 0)
    expect([mayAsk(0), mayAsk(patienceMs - 1), mayAsk(patienceMs)]).toEqual([false, false, true])
    state.received('a', 100_000, 900)
    expect([mayAsk(patienceMs), mayAsk(900 + patienceMs)]).toEqual([false, true])
  })

  it('unless another one is synced and it is not', () => {
    state.request(question('a'), 0)
    expect(mayAsk(0, true)).toBe(true)
    state.request(question('a', { isSynced: true }), 0)
    expect(mayAsk(0, true)).toBe(false)
  })

  it('unless it is slow', () => {
    state.request(question('a'), 0)
    for (let nowMs = 500; nowMs <= 6_000; nowMs += 500) state.received('a', 1_000, nowMs)
    expect(mayAsk(6_000)).toBe(true)
    state.request(question('a'), 0)
    for (let nowMs = 500; nowMs <= 6_000; nowMs += 500) state.received('a', 100_000, nowMs)
    expect(mayAsk(6_000)).toBe(false)
  })

  it('and asked on about a part of the document only while that brings something', () => {
    expect(answer('a', { isPartial: true })).toBe(true)
    expect(answer('a', { isPartial: true, isNew: false })).toBe(false)
    expect(answer('a')).toBe(false)
  })
})

describe('a member that sent what cannot be applied', () => {
  const mayAsk = (nowMs: number, digest: number | undefined) =>
    state.mayRequest('a', digest === undefined ? undefined : digestOf(digest), true, nowMs)

  it('is not asked for 30 s, and then only for another document', () => {
    state.request(question('a'), 0)
    state.reject('a', 0)
    expect([mayAsk(refusedMs - 1, 2), mayAsk(refusedMs, 1), mayAsk(refusedMs, 2)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('is not asked while its digest is not known', () => {
    state.reject('a', 0)
    expect([mayAsk(10 * refusedMs, undefined), mayAsk(refusedMs, 1)]).toEqual([false, true])
  })

  it('is known by the digest that led to questions about buckets', () => {
    state.request(question('a'), 0)
    state.request(question('a', { digest: undefined, isPartial: true }), 0)
    state.reject('a', 0)
    expect([mayAsk(refusedMs, 1), mayAsk(refusedMs, 2)]).toEqual([false, true])
  })

  it('is asked when it has turned out equal, or has reconnected', () => {
    state.reject('a', 0)
    state.caughtUpWith('a', false)
    expect(mayAsk(0, 1)).toBe(true)
    state.reject('a', 0)
    state.closed('a')
    expect(mayAsk(0, 1)).toBe(true)
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
      readonly type: 'ask' | 'end'
      readonly id: string
      readonly isSynced: boolean
      readonly isPartial: boolean
    }
  | { readonly type: 'merge' | 'behind' | 'spoil' | 'refuse' | 'close' | 'depart'; readonly id: string }
  | { readonly type: 'establish' | 'reset' }

const id = fc.constantFrom('a', 'b', 'c')
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    type: fc.constantFrom('ask' as const, 'end' as const),
    id,
    isSynced: fc.boolean(),
    isPartial: fc.boolean(),
  }),
  fc.record({
    type: fc.constantFrom(
      'merge' as const,
      'behind' as const,
      'spoil' as const,
      'refuse' as const,
      'close' as const,
      'depart' as const,
    ),
    id,
  }),
  fc.record({ type: fc.constantFrom('establish' as const, 'reset' as const) }),
)

/** What the invariants say, in the plainest words: who is ahead, who was compared with, and what was asked. */
class Model {
  isEstablished = false
  readonly ahead = new Set<string>()
  readonly compared = new Set<string>()
  readonly refused = new Set<string>()
  asked: { id: string; isPartial: boolean; isSpoiled: boolean } | undefined

  get isSynced(): boolean {
    return this.isEstablished && this.ahead.size === 0
  }

  take(event: Event): void {
    switch (event.type) {
      case 'establish':
        this.isEstablished = true
        break
      case 'reset':
        this.isEstablished = false
        for (const set of [this.ahead, this.compared, this.refused]) set.clear()
        this.asked = undefined
        break
      case 'ask':
        this.asked = { id: event.id, isPartial: event.isPartial, isSpoiled: false }
        break
      case 'end': {
        const { asked } = this
        if (asked?.id !== event.id) break
        this.asked = undefined
        if (asked.isPartial || asked.isSpoiled) break
        this.isEstablished ||= event.isSynced
        this.compared.add(event.id)
        this.ahead.delete(event.id)
        this.refused.delete(event.id)
        break
      }
      case 'merge':
      case 'behind':
        if (!this.compared.has(event.id) && !this.refused.has(event.id)) this.ahead.add(event.id)
        break
      case 'spoil':
        if (this.asked?.id === event.id) this.asked.isSpoiled = true
        break
      default:
        this.ahead.delete(event.id)
        if (this.asked?.id === event.id) this.asked = undefined
        if (event.type === 'refuse') this.refused.add(event.id)
        else this.compared.delete(event.id)
        if (event.type === 'close') this.refused.delete(event.id)
    }
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
    case 'ask':
      state.request(question(event.id, event), 0)
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
    case 'spoil':
      state.markIncomplete(event.id)
      break
    case 'refuse':
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
  it('a replica is synced just when the invariants say so', () => {
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
          // Nothing that a member that is not synced says makes a replica synced that never was.
          if (!wasSynced && tested.isSynced && each.type === 'end') expect(model.isEstablished).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
