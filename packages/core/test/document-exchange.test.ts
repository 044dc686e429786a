import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { limits } from '../src/wire/limits.ts'
import { randomEdit } from './document-edits.ts'
import {
  chainedClients,
  drawClients,
  manyClients,
  Replica,
  ReplicaLink,
  stateOf,
} from './exchanging-replicas.ts'
import { mulberry32 } from './mulberry32.ts'

const lossless = (seed = 1): ReplicaLink => new ReplicaLink({ random: mulberry32(seed) })

const replicas = (count: number): Replica[] => Array.from({ length: count }, (_, i) => new Replica(`m${i}`))

function pair(): [Replica, Replica] {
  return [new Replica('a'), new Replica('b')]
}

const write = ({ doc }: Replica, text: string): void => doc.getText('text').insert(0, text)

const areEqual = (all: readonly Replica[]): boolean => new Set(all.map(({ doc }) => stateOf(doc))).size === 1

/** Each offers to a random other one, again and again, a second apart. @returns rounds until all were equal */
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
  ])('end equal: $count of them, with a loss of $loss', ({ count, loss }) => {
    for (let seed = 1; seed <= 25; seed++) {
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
      expect(all.map(({ sync, refused }) => [sync.hasGap(), refused])).toEqual(all.map(() => [false, 0]))
      const [first] = all
      for (const { doc } of all) expect(doc.toJSON()).toEqual(first?.doc.toJSON())
    }
  })

  it('of which each has a long text end equal, over several pieces and a lossy link', () => {
    const random = mulberry32(3)
    const all = replicas(3)
    for (const [i, replica] of all.entries()) write(replica, `${i}`.repeat(3_000_000))
    exchangeUntilEqual(new ReplicaLink({ random, loss: 0.01 }), all, random)
    for (const { transfers } of all) transfers.sweep(1e9)
    expect(all.map(({ transfers }) => transfers.size)).toEqual([0, 0, 0])
  })

  it('keep no transfers when all is exchanged', () => {
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
  it('goes by buckets, and only what differs is sent', () => {
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
    // Twice 4 kB of digests, and the clients in some buckets of 256.
    expect(link.bytes).toBeLessThan(20_000)
  })

  it('ends equal, whichever side offers or requests, over a lossy link', () => {
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
      expect([a.refused, b.refused]).toEqual([0, 0])
    }
  })

  it.each([
    { clients: 90_000, make: manyClients, kind: 'keys of a map' },
    { clients: 300_000, make: manyClients, kind: 'keys of a map' },
    { clients: 90_000, make: chainedClients, kind: "characters of a text, each after another client's" },
    { clients: 200_000, make: chainedClients, kind: "characters of a text, each after another client's" },
  ])('and even of $clients is exchanged whole: $kind', ({ clients, make }) => {
    const ids = drawClients(clients)
    const all = make(ids)
    const [a, b] = pair()
    Y.applyUpdate(a.doc, all)
    Y.applyUpdate(b.doc, make(ids.slice(0, clients / 2)))
    write(b, 'of b')
    const link = lossless()
    link.offer(a, b)
    link.run()
    expect([a.refused, b.refused]).toEqual([0, 0])
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
})
