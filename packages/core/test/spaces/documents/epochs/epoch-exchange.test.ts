import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../../test/helpers/mulberry32.ts'
import { textOf } from '../../../../../../test/helpers/text-of.ts'
import { DocumentDigest } from '../../../../src/spaces/documents/document-digest.ts'
import { firstEpoch, nextEpoch } from '../../../../src/spaces/documents/epochs/epoch.ts'
import { answerInEpoch } from '../../../../src/spaces/documents/epochs/epoch-exchange.ts'
import type { DocumentStep } from '../../../../src/wire/document-step.ts'
import type { EpochName } from '../../../../src/wire/epoch-name.ts'
import * as limits from '../../../../src/wire/limits.ts'
import { randomEdit } from '../document-edits.ts'
import { Replica, ReplicaLink, stateOf } from '../exchanging-replicas.ts'

function synchronise(link: ReplicaLink, a: Replica, b: Replica): void {
  link.nowMs += 2_000
  link.offer(a, b)
  link.offer(b, a)
  link.run()
}

/** Replicas of one document in the first epoch, all synced. */
function replicas(text: string, ...ids: string[]): { link: ReplicaLink; all: Replica[]; pasts: string[] } {
  const pasts: string[] = []
  const link = new ReplicaLink({
    random: mulberry32(1),
    arrived: (from, to, step) => {
      if (step.past && !step.piece && !step.hasNoPast) pasts.push(`${from.id} asks ${to.id}`)
    },
  })
  const all = ids.map((id, i) => {
    const replica = new Replica(id)
    replica.doc.clientID = 1_000 + i
    return replica
  })
  const [first] = all as [Replica]
  first.doc.getText('text').insert(0, text)
  first.sync.state.establish()
  first.sync.epochs.moveTo(firstEpoch)
  for (const other of all.slice(1)) synchronise(link, first, other)
  expect(new Set(all.map(({ doc }) => stateOf(doc))).size).toBe(1)
  expect(all.every(({ isSynced }) => isSynced)).toBe(true)
  return { link, all, pasts }
}

/** Sends a step from a malicious member. @returns the answer */
const sendMalicious = (to: Replica, step: Partial<DocumentStep>, nowMs: number): readonly DocumentStep[] =>
  answerInEpoch({ ...to, nowMs }, 'malicious', {
    document: 'notes',
    ...step,
  }).steps

/** The malicious member gets a request for the base of this epoch, and sends these updates. */
function sendPast(to: Replica, epoch: EpochName, updates: readonly Uint8Array[], nowMs: number): void {
  const answer = sendMalicious(to, { epoch, hash: new Uint8Array(16), isSynced: true, mutual: true }, nowMs)
  expect(answer.some(({ past }) => past)).toBe(true)
  for (const [index, content] of updates.entries()) {
    const isLast = index === updates.length - 1
    const piece = {
      transfer: 1,
      index,
      content,
      isEndOfUpdate: true,
      isLast,
      isAnswer: true,
      isSynced: false,
    }
    sendMalicious(to, { epoch, past: true, piece }, nowMs)
  }
}

describe('members whose replicas are in different epochs', () => {
  it('become equal in the later epoch, with all content of both', () => {
    const { link, all } = replicas('start', 'a', 'b')
    const [a, b] = all as [Replica, Replica]
    a.sync.epochs.begin()
    b.doc.getText('text').insert(0, 'late ')
    synchronise(link, a, b)
    synchronise(link, a, b)
    expect([textOf(a), textOf(b)]).toEqual(['late start', 'late start'])
    expect(b.sync.epochs.current).toEqual(a.sync.epochs.current)
    expect(stateOf(a.doc)).toBe(stateOf(b.doc))
    expect([a.isSynced, b.isSynced]).toEqual([true, true])
  })

  it('end a stream that is cut off by the epoch, and no member takes it for the whole document', () => {
    const { link, all } = replicas('', 'a')
    const [a] = all as [Replica]
    for (let i = 0; i < 40; i++) {
      a.doc.clientID = 5_000 + i
      a.doc.getMap('files').set(`${i}`, new Uint8Array(100_000))
    }
    const b = new Replica('b')
    link.request(b, a)
    link.run({ untilMs: link.nowMs + 60 })
    expect(b.doc.getMap('files').size).toBeGreaterThan(0)
    expect(b.doc.getMap('files').size).toBeLessThan(40)
    a.sync.epochs.begin()
    for (let ms = 0; ms < 2_000; ms += 20) {
      link.run({ untilMs: link.nowMs + 20 })
      if (b.isSynced) expect(b.doc.getMap('files').size).toBe(40)
    }
    synchronise(link, a, b)
    synchronise(link, a, b)
    expect(b.doc.getMap('files').size).toBe(40)
    expect(stateOf(a.doc)).toBe(stateOf(b.doc))
  })

  it('ask each member of the later epoch once, if none has the base of the epoch', () => {
    const { link, all, pasts } = replicas('start', 'a', 'b')
    const [a, b] = all as [Replica, Replica]
    a.sync.epochs.begin()
    const newcomers = ['c', 'd'].map(id => new Replica(id))
    for (const each of newcomers) synchronise(link, a, each)
    for (let round = 0; round < 5; round++) for (const each of newcomers) synchronise(link, b, each)
    expect(pasts).toEqual(['b asks c', 'b asks d'])
    expect(b.sync.epochs.isPastMissing(['c', 'd'])).toBe(true)
    expect(b.isSynced).toBe(true)
    synchronise(link, a, b)
    expect(textOf(b)).toBe('start')
    expect(b.sync.epochs.current).toEqual(a.sync.epochs.current)
  })
})

describe('a malicious member that claims a later epoch', () => {
  it('changes nothing by garbage, too long a base or a wrong one, and gets no further request', () => {
    const other = new Y.Doc()
    other.getText('text').insert(0, 'other')
    const long = Array.from({ length: 5 }, () => new Uint8Array(limits.maxDocumentBytes / 4))
    for (const updates of [[new Uint8Array(99).fill(0xc3)], [Y.encodeStateAsUpdate(other)], long]) {
      const { all } = replicas('start', 'a')
      const [a] = all as [Replica]
      const epoch = { number: 1, id: new Uint8Array(16).fill(9) }
      sendPast(a, epoch, updates, 0)
      expect([textOf(a), a.sync.epochs.current?.number]).toEqual(['start', 0])
      const offer = { epoch, hash: new Uint8Array(16), isSynced: true, mutual: true }
      expect(sendMalicious(a, offer, 100_000).some(({ past }) => past)).toBe(false)
      expect(a.sync.epochs.isPastMissing(['malicious'])).toBe(true)
    }
  })

  it('cannot remove content by sending the base of another document', () => {
    const { all } = replicas('start', 'a')
    const [a] = all as [Replica]
    const other = new Y.Doc()
    other.getText('text').insert(0, 'other ')
    const epoch = nextEpoch(firstEpoch, new DocumentDigest(other).hash())
    sendPast(a, epoch, [Y.encodeStateAsUpdate(other)], 0)
    expect(a.sync.epochs.current).toEqual(epoch)
    expect(textOf(a)).toContain('start')
  })

  it('causes no error by sending a base that contradicts the document', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = mulberry32(seed)
      const { all } = replicas('start', 'a')
      const [a] = all as [Replica]
      // The same clients wrote something else, so no replica can contain both.
      const other = new Y.Doc()
      for (const doc of [a.doc, other])
        for (let edit = 0; edit < 20; edit++) {
          doc.clientID = 1_000 + Math.floor(random() * 3)
          randomEdit(doc, random)
        }
      a.doc.clientID = 7_000
      const epoch = nextEpoch(firstEpoch, new DocumentDigest(other).hash())
      sendPast(a, epoch, [Y.encodeStateAsUpdate(other)], 0)
      expect(a.sync.hash()).toEqual(new DocumentDigest(a.doc).hash())
      a.sync.epochs.begin()
      a.doc.getText('text').insert(0, 'on')
      expect(a.sync.hash()).toEqual(new DocumentDigest(a.doc).hash())
    }
  })

  it('does not keep a replica from the next epoch of the others by an epoch that no member can enter', () => {
    const { link, all } = replicas('start', 'a', 'b')
    const [a, b] = all as [Replica, Replica]
    const epoch = { number: 2 ** 40, id: new Uint8Array(16).fill(9) }
    sendMalicious(b, { epoch, hash: new Uint8Array(16), isSynced: true, mutual: true }, link.nowMs)
    expect(b.sync.epochs.isPastMissing(['malicious'])).toBe(true)
    // The malicious member has left.
    b.sync.epochs.later.set(undefined)
    a.sync.epochs.begin()
    b.doc.getText('text').insert(0, 'on ')
    synchronise(link, a, b)
    synchronise(link, a, b)
    expect([textOf(a), textOf(b)]).toEqual(['on start', 'on start'])
  })
})
