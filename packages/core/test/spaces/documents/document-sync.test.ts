import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../test/helpers/mulberry32.ts'
import { DocumentSync } from '../../../src/spaces/documents/document-sync.ts'
import { isReadable } from '../../../src/spaces/documents/readable-updates.ts'
import * as limits from '../../../src/wire/limits.ts'

/** Bytes in the encoding of version 1: numbers as varints, texts with their length. */
function bytes(...parts: (number | string | Uint8Array)[]): Uint8Array {
  const written = parts.flatMap(part => {
    if (typeof part === 'number') return varint(part)
    const content = typeof part === 'string' ? new TextEncoder().encode(part) : part
    return typeof part === 'string' ? [...varint(content.length), ...content] : [...content]
  })
  return Uint8Array.from(written)
}

function varint(value: number): number[] {
  const written: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...written, rest]
    written.push(128 | (rest % 128))
  }
}

/** Each change of this document as a separate update. */
function updatesOf(write: (doc: Y.Doc) => void, clientID = 1): Uint8Array[] {
  const doc = new Y.Doc()
  doc.clientID = clientID
  const updates: Uint8Array[] = []
  doc.on('update', update => updates.push(update))
  write(doc)
  return updates
}

const words =
  (count: number, length = 1) =>
  (doc: Y.Doc) => {
    for (let i = 0; i < count; i++) doc.getText('text').insert(0, 'x'.repeat(length))
  }

let doc: Y.Doc
let sync: DocumentSync

beforeEach(() => {
  doc = new Y.Doc()
  doc.getText('text').insert(0, 'as it was')
  sync = new DocumentSync({ name: '', doc, origin: 'remote' })
})

describe('a malicious update', () => {
  const bomb = (claimed: number) => bytes(1, claimed, 7, 0, 0, 1)

  it.each<[string, Uint8Array]>([
    ['is empty', new Uint8Array()],
    ['claims 30 million structs in six bytes', bomb(30_000_000)],
    ['claims more structs than an array has room for', bomb(2 ** 40)],
    ['claims 4 billion authors', bytes(2 ** 32, 1, 7, 0)],
    ['claims a text of a gigabyte', bytes(1, 1, 7, 0, 4, 1, 'text', 2 ** 30, 0)],
    ['claims a list of a billion values', bytes(1, 1, 7, 0, 8, 1, 'list', 2 ** 30, 126)],
    ['claims 4 billion deletions', bytes(0, 1, 7, 2 ** 32, 0)],
    ['ends too early', (updatesOf(words(1, 100))[0] ?? new Uint8Array()).subarray(0, 40)],
    ['nests values without end', bytes(1, 1, 7, 0, 8, 1, 'list', 1, new Uint8Array(60_000).fill(117), 0)],
    ['is too long', new Uint8Array(limits.maxUpdateBytes + 1)],
    [
      'has too many parts',
      bytes(
        1,
        3_000_000,
        7,
        0,
        new Uint8Array(6_000_000).fill(1).map((_, i) => i % 2),
        0,
      ),
    ],
    ['has an empty text', bytes(1, 1, 7, 0, 4, 1, 'text', '', 0)],
    ['deletes nothing', bytes(1, 1, 7, 0, 4, 1, 'text', 'a', 1, 7, 1, 9, 0)],
    // A text, and a second one whose left neighbour, right neighbour or parent is itself.
    ['inserts after itself', bytes(1, 2, 7, 0, 4, 1, 'text', 'a', 132, 7, 1, 'b', 0)],
    ['inserts before itself', bytes(1, 2, 7, 0, 4, 1, 'text', 'a', 68, 7, 1, 'b', 0)],
    ['inserts into itself', bytes(1, 2, 7, 0, 4, 1, 'text', 'a', 4, 0, 7, 1, 'b', 0)],
  ])('that %s is rejected, and changes nothing', (_, update) => {
    const before = sync.hash()
    expect(sync.apply(update)).toBe('rejected')
    expect(sync.hash()).toEqual(before)
    expect(sync.hasGap()).toBe(false)
  })

  it('that Yjs cannot apply is rejected, and the part that Yjs has applied is announced as a change', () => {
    const applied = vi.fn()
    sync = new DocumentSync({ name: '', doc, origin: 'remote', applied })
    // The first units of this client are missing, which no update causes.
    doc.store.clients.set(1, [new Y.GC(Y.createID(1, 5), 1)])
    const before = sync.hash()
    const update = bytes(2, 1, 3, 0, 4, 1, 'text', 'a', 1, 2, 0, 132, 1, 2, 'b', 0)
    expect(sync.apply(update)).toBe('rejected')
    expect(sync.hash()).not.toEqual(before)
    expect(applied.mock.calls).toEqual([[undefined]])
  })

  it('of version 2 is rejected, although it begins like an empty one of version 1', () => {
    const before = sync.hash()
    const other = new Y.Doc()
    words(10, 1_000)(other)
    expect(sync.apply(Y.encodeStateAsUpdateV2(other))).toBe('rejected')
    expect(sync.apply(Y.encodeStateAsUpdate(new Y.Doc()))).toBe('stale')
    expect([sync.hash(), sync.hasGap()]).toEqual([before, false])
  })

  it('of random bytes never throws, and never changes existing content', () => {
    const random = mulberry32(1)
    for (let i = 0; i < 20_000; i++) {
      sync.apply(Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)))
    }
    sync.sweep()
    sync.sweep()
    expect(doc.getText('text').toString()).toBe('as it was')
  })

  it('with some changed bytes never throws', () => {
    const random = mulberry32(2)
    const updates = updatesOf(each => {
      each.getText('text').insert(0, 'hello')
      each.getMap('map').set('key', { a: [1, null, 'b'] })
      each.getText('text').delete(1, 2)
      each.getText('text').format(0, 2, { bold: true })
      each.getArray('list').push([new Y.Map(), new Uint8Array(4), true])
    })
    for (let i = 0; i < 3_000; i++) {
      const update = updates[Math.floor(random() * updates.length)]?.slice() ?? new Uint8Array()
      for (let n = 0; n < 3; n++) update[Math.floor(random() * update.length)] = Math.floor(random() * 256)
      const each = new DocumentSync({ name: '', doc: new Y.Doc(), origin: undefined })
      expect(['new', 'stale', 'rejected']).toContain(each.apply(update))
    }
  })

  it('that deletes content that does not exist stays pending, harmless, and delays nothing after some time', () => {
    const before = sync.hash()
    sync.apply(bytes(0, 1, 9_999, 1, 0, 2 ** 40))
    expect([sync.hash(), sync.hasGap(), sync.epochs.mayBegin]).toEqual([before, true, false])
    for (let sweep = 0; sweep < 3; sweep++) sync.sweep()
    expect(sync.epochs.mayBegin).toBe(true)
    expect([sync.hash(), sync.hasGap()]).toEqual([before, false])
  })
})

describe('an update that depends on a missing one', () => {
  it('becomes visible when the missing one has arrived', () => {
    const [first, second] = updatesOf(words(2, 3))
    if (!first || !second) throw new Error('two changes')
    expect(sync.apply(second)).toBe('stale')
    expect(sync.hasGap()).toBe(true)
    sync.apply(first)
    expect(sync.hasGap()).toBe(false)
    expect(doc.getText('text').length).toBe(15)
  })

  it('becomes visible when the missing one arrives much later, and is not requested meanwhile', () => {
    const applied = vi.fn()
    sync = new DocumentSync({ name: '', doc, origin: 'remote', applied })
    const [first, second, third] = updatesOf(words(3, 3))
    if (!first || !second || !third) throw new Error('three changes')
    sync.apply(third)
    for (let sweep = 0; sweep < 100; sweep++) sync.sweep()
    expect(sync.hasGap()).toBe(false)
    // Something new is missing.
    sync.apply(second)
    expect(sync.hasGap()).toBe(true)
    for (let sweep = 0; sweep < 100; sweep++) sync.sweep()
    expect(applied).not.toHaveBeenCalled()
    sync.apply(first)
    expect(sync.hasGap()).toBe(false)
    expect(doc.getText('text').length).toBe(18)
    expect(applied.mock.calls).toEqual([[undefined]])
  })

  it('that the app has applied stays pending, whatever its size and whatever other members send', () => {
    const updates = updatesOf(words(100, 16_000))
    const [first, ...rest] = updates
    Y.applyUpdate(doc, Y.mergeUpdates(rest), 'app')
    const [, foreign] = updatesOf(words(2, 3))
    if (!first || !foreign) throw new Error('two changes')
    sync.apply(foreign)
    for (let sweep = 0; sweep < 100; sweep++) sync.sweep()
    sync.apply(first)
    expect(doc.getText('text').length).toBe(1_600_009)
  })

  it('is applied by a sweep if Yjs kept it pending although the missing one has arrived', () => {
    const [first, second] = updatesOf(words(2, 3))
    if (!first || !second) throw new Error('two changes')
    sync.apply(second)
    const { pendingStructs } = doc.store
    sync.apply(first)
    doc.store.pendingStructs = pendingStructs
    sync.sweep()
    expect(sync.hasGap()).toBe(false)
    expect(doc.store.pendingStructs).toBe(null)
  })

  it('is dropped above a megabyte, and the gap remains to be requested', () => {
    const updates = updatesOf(words(100, 16_000))
    const outcomes = updates.slice(1).map(update => sync.apply(update))
    expect(outcomes).toContain('rejected')
    expect(sync.hasGap()).toBe(true)
    expect(doc.store.pendingStructs?.update.length ?? 0).toBeLessThan(1_048_577)
    sync.apply(Y.mergeUpdates(updates))
    expect(sync.hasGap()).toBe(false)
    expect(doc.getText('text').length).toBe(1_600_009)
  })
})

describe('an update', () => {
  it('of 100,000 structs is readable, and so is one of ten megabytes', () => {
    expect(isReadable(Y.mergeUpdates(updatesOf(words(1_000))))).toBe(true)
    const [long] = updatesOf(each => each.getMap('files').set('a', new Uint8Array(10_000_000)))
    expect(long && isReadable(long)).toBe(true)
  })

  it('passes its origin to the observers of the document', () => {
    const origins: unknown[] = []
    doc.on('update', (_, origin, __, { local }) => origins.push([origin, local]))
    for (const update of updatesOf(words(1))) sync.apply(update)
    expect(origins).toEqual([['remote', false]])
  })
})
