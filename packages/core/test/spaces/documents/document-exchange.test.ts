import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../test/helpers/mulberry32.ts'
import { size } from '../../../../../test/helpers/size.ts'
import { clientRetryMs } from '../../../src/spaces/documents/client-rates.ts'
import { DocumentDigest } from '../../../src/spaces/documents/document-digest.ts'
import { DocumentSync } from '../../../src/spaces/documents/document-sync.ts'
import { answerInEpoch } from '../../../src/spaces/documents/epochs/epoch-exchange.ts'
import * as limits from '../../../src/wire/limits.ts'
import { randomEdit } from './document-edits.ts'
import { Replica, ReplicaLink, stateOf } from './exchanging-replicas.ts'
import { chainedClients, drawClients, manyClients } from './past-clients.ts'

const lossless = (seed = 1): ReplicaLink => new ReplicaLink({ random: mulberry32(seed) })

const replicas = (count: number): Replica[] => Array.from({ length: count }, (_, i) => new Replica(`m${i}`))

function pair(): [Replica, Replica] {
  return [new Replica('a'), new Replica('b')]
}

const write = ({ doc }: Replica, text: string): void => doc.getText('text').insert(0, text)

const areEqual = (all: readonly Replica[]): boolean => new Set(all.map(({ doc }) => stateOf(doc))).size === 1

/** Each replica offers to a random other one, once a second. @returns rounds until all are equal */
function exchangeUntilEqual(link: ReplicaLink, all: readonly Replica[], random: () => number): number {
  for (let round = 1; round <= 200; round++) {
    for (const from of all) {
      const to = all[Math.floor(random() * all.length)]
      if (to && to !== from) link.offer(from, to)
    }
    link.run({ untilMs: link.nowMs + 1_000 + 500 * random() })
    for (const { sync, transfers } of all) {
      if (round % 25 === 0) sync.sweep()
      transfers.sweep(link.nowMs)
    }
    if (areEqual(all)) return round
  }
  throw new Error('never equal')
}

describe('replicas that edit at random', () => {
  it.each([
    { count: 2, loss: 0 },
    { count: 3, loss: 0 },
    { count: 4, loss: 0 },
    { count: 2, loss: 0.2 },
    { count: 4, loss: 0.3 },
  ])('become equal: $count replicas, with a loss of $loss', ({ count, loss }) => {
    for (let seed = 1; seed <= size({ usual: 10, long: 25 }); seed++) {
      const random = mulberry32(seed)
      const all = replicas(count)
      const link = new ReplicaLink({ random, loss })
      for (let i = 0; i < 60; i++) {
        const [from, to] = [all[Math.floor(random() * count)], all[Math.floor(random() * count)]]
        if (!from || !to) continue
        randomEdit(from.doc, random)
        if (random() < 0.2 && from !== to) link.offer(from, to)
        if (random() < 0.3) link.run({ untilMs: link.nowMs + 15 * random() })
      }
      exchangeUntilEqual(link, all, random)
      expect(all.map(({ sync, rejected }) => [sync.hasGap(), rejected])).toEqual(all.map(() => [false, 0]))
      const contents = all.map(({ doc }) => [
        doc.getText('text').toDelta(),
        doc.getMap('map').toJSON(),
        doc.getArray('list').toJSON(),
      ])
      for (const content of contents) expect(content).toEqual(contents[0])
    }
  })

  it('become equal with a long text each, over several pieces and a lossy link', () => {
    const random = mulberry32(3)
    const all = replicas(3)
    for (const [i, replica] of all.entries()) write(replica, `${i}`.repeat(3_000_000))
    exchangeUntilEqual(new ReplicaLink({ random, loss: 0.01 }), all, random)
    for (const { transfers } of all) transfers.sweep(1e9)
    expect(all.map(({ transfers }) => transfers.size)).toEqual([0, 0, 0])
  })

  it('have no transfers left after the exchange', () => {
    const [a, b] = pair()
    write(a, 'x'.repeat(3_000_000))
    const link = lossless()
    link.offer(b, a)
    link.run()
    expect([areEqual([a, b]), a.transfers.size, b.transfers.size]).toEqual([true, 0, 0])
  })
})

describe('equal replicas', () => {
  it('exchange one offer and its answer, of less than 120 bytes together, and then offers alone', () => {
    const [a, b] = pair()
    write(a, 'x'.repeat(100_000))
    const link = lossless()
    link.offer(a, b)
    link.run()
    a.sync.state.establish()
    link.offer(b, a)
    link.run()
    const before = link.bytes
    link.offer(a, b)
    link.run()
    expect(link.bytes - before).toBeLessThan(120)
    const [bytes, steps] = [link.bytes, link.steps]
    link.offer(b, a)
    link.run()
    expect(link.steps - steps).toBe(1)
    expect(link.bytes - bytes).toBeLessThan(60)
  })
})

describe('a document of more than 1,024 clients', () => {
  it('is compared by buckets, and only differences are sent', () => {
    const [a, b] = pair()
    const shared = manyClients(drawClients(5_000))
    for (const { doc } of [a, b]) Y.applyUpdate(doc, shared)
    write(a, 'of a')
    write(b, 'of b')
    const link = lossless()
    link.offer(a, b)
    link.run()
    expect(areEqual([a, b])).toBe(true)
    expect([a.doc.getText('text').length, link.longestStateVector > 0]).toEqual([8, true])
    // Twice 4 kB of digests, and the clients in some of 256 buckets.
    expect(link.bytes).toBeLessThan(20_000)
  })

  it('becomes equal, whichever side offers or requests, over a lossy link', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = mulberry32(seed)
      const [a, b] = pair()
      Y.applyUpdate(a.doc, manyClients(drawClients(2_000)))
      Y.applyUpdate(b.doc, manyClients(drawClients(seed % 2 ? 3_000 : 500, 1_000)))
      const link = new ReplicaLink({ random, loss: seed % 3 ? 0.1 : 0 })
      if (seed % 4 === 0) link.request(a, b)
      if (seed % 4 === 1) link.request(b, a)
      link.run({ untilMs: 3_000 })
      exchangeUntilEqual(link, [a, b], random)
      expect([a.rejected, b.rejected]).toEqual([0, 0])
    }
  })

  it.each([
    { clients: 90_000, make: manyClients, kind: 'keys of a map' },
    { clients: 120_000, make: chainedClients, kind: "characters of a text, each after another client's" },
  ])('of $clients clients is exchanged completely: $kind', ({ clients, make }) => {
    const ids = drawClients(clients)
    const all = make(ids)
    const [a, b] = pair()
    Y.applyUpdate(a.doc, all)
    Y.applyUpdate(b.doc, make(ids.slice(0, clients / 2)))
    write(b, 'of b')
    const link = lossless()
    link.offer(a, b)
    link.run()
    expect([a.rejected, b.rejected]).toEqual([0, 0])
    expect(link.longestStateVector).toBeLessThanOrEqual(limits.maxStateVectorBytes)
    const random = mulberry32(1)
    exchangeUntilEqual(link, [a, b], random)
    expect(b.doc.store.clients.size).toBe(clients + 1)
    const before = link.bytes
    a.doc.getMap('m').set('small', 1)
    link.offer(a, b)
    link.run()
    expect(b.doc.getMap('m').get('small')).toBe(1)
    expect(link.bytes - before).toBeLessThan(20_000)
  })

  it('reaches an empty replica in few updates', () => {
    const [a, b] = pair()
    Y.applyUpdate(a.doc, manyClients(drawClients(90_000)))
    let transactions = 0
    b.doc.on('afterTransaction', () => {
      transactions += 1
    })
    const link = lossless()
    link.request(b, a)
    link.run()
    expect(areEqual([a, b])).toBe(true)
    // Not 88 updates of 1,024 clients each.
    expect(transactions).toBeLessThan(30)
    expect(b.limited).toBe(0)
  })

  it('reaches a synced replica at the rate of the peer that sends it, without a penalty', () => {
    const [a, b] = pair()
    for (const { sync } of [a, b]) sync.state.establish()
    Y.applyUpdate(a.doc, manyClients(drawClients(3_000)))
    const link = lossless()
    link.request(b, a)
    link.run()
    expect(b.doc.store.clients.size).toBe(2_048)
    expect([b.limited, b.rejected, b.isSynced]).toEqual([1, 0, true])
    link.nowMs += clientRetryMs
    link.offer(a, b)
    link.run()
    expect(areEqual([a, b])).toBe(true)
  })

  it('does not reach a synced replica in one update', () => {
    const [, b] = pair()
    b.sync.state.establish()
    const content = manyClients(drawClients(10_000))
    const piece = { transfer: 1, index: 0, content, isEndOfUpdate: true, isLast: true, isSynced: false }
    const sent = (isAnswer: boolean) =>
      answerInEpoch({ ...b, nowMs: 0 }, 'hostile', { document: 'notes', piece: { ...piece, isAnswer } })
    expect([sent(true).limited, sent(false).limited]).toEqual([1, 1])
    expect(b.doc.store.clients.size).toBe(0)
  })
})

class RejectingSync extends DocumentSync {
  rejects = true

  override apply(update: Uint8Array): 'new' | 'stale' | 'rejected' {
    return this.rejects ? 'rejected' : super.apply(update)
  }
}

function rejecting(id: string): [Replica, RejectingSync] {
  const replica = new Replica(id, options => new RejectingSync(options))
  if (!(replica.sync instanceof RejectingSync)) throw new Error('a RejectingSync')
  return [replica, replica.sync]
}

describe('a replica that rejects the content of another one', () => {
  const contents: [string, (doc: Y.Doc) => void][] = [
    ['a small document', doc => doc.getText('text').insert(0, 'too much')],
    ['a document of 5,000 clients', doc => Y.applyUpdate(doc, manyClients(drawClients(5_000)))],
  ]

  it.each(contents)('does not request it again before 30 s, and then only if it changed: %s', (_, fill) => {
    const [a, sync] = rejecting('a')
    const b = new Replica('b')
    fill(a.doc)
    Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc))
    write(b, 'rejected')
    const link = lossless()
    link.offer(b, a)
    link.run({ maxSteps: 100 })
    expect(a.rejected).toBe(1)
    for (let round = 0; round < 100; round++) {
      link.offer(...(round % 2 ? ([a, b] as const) : ([b, a] as const)))
      link.run({ untilMs: link.nowMs + 1_000, maxSteps: 100 })
      if (round === 50) write(b, 'changed')
    }
    // Again after 30 s and with another digest.
    expect(a.rejected).toBe(2)
    sync.rejects = false
    write(b, 'taken')
    link.run({ untilMs: link.nowMs + 30_001 })
    link.offer(b, a)
    link.run()
    expect(areEqual([a, b])).toBe(true)
  })

  it.each(contents)('still sends its own content: %s', (_, fill) => {
    const [a] = rejecting('a')
    const b = new Replica('b')
    fill(a.doc)
    Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc))
    write(b, 'rejected')
    const link = lossless()
    for (const text of ['one', 'two', 'three']) {
      write(a, text)
      link.offer(a, b)
      link.run({ untilMs: link.nowMs + 2_000, maxSteps: 200 })
      expect(b.doc.getText('text').toString()).toContain(text)
    }
    expect(a.rejected).toBe(1)
  })

  it('can become synced nevertheless', () => {
    const [a] = rejecting('a')
    const b = new Replica('b')
    a.sync.state.establish()
    write(b, 'rejected')
    const link = lossless()
    for (let round = 0; round < 10; round++) {
      link.request(b, a)
      link.run({ untilMs: link.nowMs + 5_000, maxSteps: 100 })
      expect(a.isSynced).toBe(true)
    }
  })
})

describe('two replicas with content under one client id', () => {
  function collide(clients: number): [Replica, Replica] {
    const [a, b] = pair()
    for (const { doc } of [a, b]) {
      Y.applyUpdate(doc, manyClients(drawClients(clients)))
      doc.clientID = 7
    }
    write(a, 'aaa')
    write(b, 'bbb')
    return [a, b]
  }

  it.each([1, 3_000])(
    'both report the collision once, and do not exchange for ever: with %i other clients',
    clients => {
      const [a, b] = collide(clients)
      const link = lossless()
      a.sync.state.establish()
      link.offer(a, b)
      link.run({ maxSteps: 100 })
      expect([a.collisions, b.collisions]).toEqual([['b'], ['a']])
      const { steps } = link
      for (let round = 0; round < 10; round++) {
        link.request(b, a)
        link.run({ untilMs: link.nowMs + 2_000, maxSteps: 100 })
      }
      expect([a.collisions, b.collisions]).toEqual([['b'], ['a']])
      expect(link.steps - steps).toBeLessThan(100)
      write(a, 'later')
      link.offer(a, b)
      link.run({ maxSteps: 100 })
      expect(b.doc.getText('text').toString()).toMatch(/^later/)
    },
  )

  it('become equal, although Yjs makes another document of the same units in the copy', () => {
    // Two authors use one client id: the first clock is the value of a key, and at the same time a letter.
    const updateOf = (edit: (doc: Y.Doc) => void) => {
      const doc = new Y.Doc()
      doc.clientID = 7
      edit(doc)
      return Y.encodeStateAsUpdate(doc)
    }
    const [a, b] = pair()
    a.sync.apply(updateOf(doc => doc.getMap('map').set('key', 'value')))
    a.sync.apply(updateOf(doc => doc.getText('text').insert(0, 'abc')))
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(a.doc))
    // In the copy, the letters are a later value of the key, so Yjs deletes the first value.
    expect(stateOf(copy)).not.toBe(stateOf(a.doc))
    expect(new DocumentDigest(a.doc).hash()).toEqual(a.sync.hash())
    expect(new DocumentDigest(copy).hash()).not.toEqual(a.sync.hash())
    const link = lossless()
    link.offer(a, b)
    link.run({ maxSteps: 100 })
    link.offer(a, b)
    link.run({ maxSteps: 100 })
    expect(b.sync.hash()).toEqual(a.sync.hash())
    expect(stateOf(b.doc)).toBe(stateOf(a.doc))
  })
})

describe('a replica', () => {
  /** Content that every synced replica must have. */
  const base = 'of the first synced replica'
  const holdsBase = ({ doc }: Replica) => doc.getMap('base').get('text') === base

  it.each([
    [1, 10],
    [11, size({ usual: 20, long: 60 })],
  ])(
    'becomes synced only through another synced replica, at the end of all its content: seeds %i–%i',
    (from, to) => {
      for (let seed = from; seed <= to; seed++) {
        const random = mulberry32(seed)
        const all = replicas(4)
        const [first] = all
        if (!first) throw new Error('four replicas')
        first.doc.getMap('base').set('text', base)
        first.sync.state.establish()
        const check = () => {
          for (const each of all) if (each.isSynced) expect(holdsBase(each)).toBe(true)
        }
        const link = new ReplicaLink({ random, loss: seed % 3 ? 0 : 0.1, maxDelayMs: 200, arrived: check })
        for (let i = 0; i < 80; i++) {
          const [sender, receiver] = [all[Math.floor(random() * 4)], all[Math.floor(random() * 4)]]
          if (!sender || !receiver || sender === receiver) continue
          // Part of it is long, so that some answers are in transit while others end.
          if (random() < 0.2) write(sender, String(seed).repeat(random() < 0.3 ? 500_000 : 10))
          if (random() < 0.5) link.offer(sender, receiver)
          else link.request(sender, receiver)
          link.run({ untilMs: link.nowMs + 300 * random() })
        }
        exchangeUntilEqual(link, all, random)
        for (let round = 0; round < 20; round++) {
          for (const each of all) for (const other of all) if (each !== other) link.offer(each, other)
          link.run({ untilMs: link.nowMs + 2_000 })
        }
        expect(all.map(({ isSynced }) => isSynced)).toEqual([true, true, true, true])
      }
    },
  )

  it('does not become synced by an answer that began before its sender was synced', () => {
    const [first, middle, last] = [new Replica('a'), new Replica('b'), new Replica('c')]
    write(middle, 'x'.repeat(4_000_000))
    first.doc.getMap('base').set('text', base)
    first.sync.state.establish()
    let wasEarly = false
    const link = new ReplicaLink({
      random: mulberry32(1),
      arrived: () => {
        wasEarly ||= last.isSynced && !holdsBase(last)
      },
    })
    link.request(last, middle)
    link.run({ untilMs: 30 })
    link.request(middle, first)
    link.run()
    expect([wasEarly, middle.isSynced, holdsBase(middle)]).toEqual([false, true, true])
  })

  it('is not synced while a newly reachable member holds more, until that content is merged', () => {
    const [a, b] = pair()
    a.sync.state.establish()
    write(b, 'x'.repeat(4_000_000))
    const seen: boolean[] = []
    const link = new ReplicaLink({ random: mulberry32(1), arrived: () => seen.push(a.isSynced) })
    link.offer(b, a)
    link.run()
    expect(seen).toContain(false)
    expect([a.isSynced, b.isSynced, areEqual([a, b])]).toEqual([true, true, true])
    write(b, 'more')
    seen.length = 0
    link.offer(b, a)
    link.run()
    expect([new Set(seen), areEqual([a, b])]).toEqual([new Set([true]), true])
  })

  it('does not become synced by the exchange of two empty replicas', () => {
    const [a, b] = pair()
    const link = lossless()
    for (let i = 0; i < 5; i++) {
      link.offer(a, b)
      link.request(b, a)
      link.run({ untilMs: link.nowMs + 3_000 })
    }
    expect([a.isSynced, b.isSynced]).toEqual([false, false])
  })
})
