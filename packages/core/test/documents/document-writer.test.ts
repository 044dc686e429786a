import { MemoryDatastore } from 'datastore-core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { NotRunningError } from '../../src/api/errors.ts'
import type { DocumentHost } from '../../src/documents/document-host.ts'
import { DocumentWriter, maxPublishedBytes } from '../../src/documents/document-writer.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import { UpdateLog } from '../../src/storage/update-log.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import * as limits from '../../src/wire/limits.ts'
import { draftSpaceFact } from '../../src/wire/space-fact.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

/** A document whose changes a writer sends and stores. */
class WriterBench {
  readonly clock = new ManualClock()
  readonly doc = new Y.Doc()
  readonly sent: string[] = []
  readonly #keyValues = datastoreKeyValues(new MemoryDatastore())
  readonly provider: { status: 'connected' | 'disconnected' } = { status: 'connected' }
  readonly writer: DocumentWriter
  readonly log: UpdateLog
  readonly sync: DocumentSync
  isOpen = true

  constructor() {
    const { clock, doc, provider } = this
    const queue = new WriteQueue({ keyValues: this.#keyValues, clock })
    const options = { queue, clock, prefix: '/a', writerId: 'one', stored: [], isEphemeral: false }
    const log = new UpdateLog(options)
    this.log = log
    log.open(doc)
    const host = {
      clock,
      isOpen: () => this.isOpen,
      canWrite: true,
      publish: () => this.sent.push('publish'),
      push: () => this.sent.push('push'),
    } as unknown as DocumentHost
    this.sync = new DocumentSync({
      name: 'notes',
      doc,
      origin: provider,
      applied: update => this.writer.applied(update),
    })
    this.writer = new DocumentWriter({ provider, host, sync: this.sync, log })
    doc.on('afterAllTransactions', (_, transactions) => {
      for (const transaction of transactions) this.writer.collect(transaction)
      if (this.writer.hasLocalChanges) this.writer.sendSoon()
    })
  }

  write(text: string): void {
    this.doc.getText('text').insert(this.doc.getText('text').length, text)
  }

  /** The text that a later process would read. */
  async storedText(): Promise<string> {
    await this.writer.stored()
    const copy = new Y.Doc()
    for (const [, update] of await this.#keyValues.read('/a')) Y.applyUpdate(copy, update)
    return copy.getText('text').toString()
  }
}

let bench: WriterBench

beforeEach(() => {
  bench = new WriterBench()
})

describe('a document writer', () => {
  it('sends and stores the first change at once, and later ones together', async () => {
    bench.write('a')
    expect(bench.sent).toEqual(['publish'])
    bench.write('b')
    bench.write('c')
    expect(bench.sent.length).toBe(1)
    await bench.clock.pass(50)
    expect(bench.sent).toEqual(['publish', 'publish'])
    expect(await bench.storedText()).toBe('abc')
  })

  it('pushes a change that is too long for a rumor', async () => {
    bench.write('x'.repeat(100_000))
    expect(bench.sent).toEqual(['push'])
    await bench.clock.pass(1_000)
    expect((await bench.storedText()).length).toBe(100_000)
  })

  it('stores, but does not send, while the provider is disconnected', async () => {
    bench.provider.status = 'disconnected'
    bench.write('a')
    expect(bench.sent).toEqual([])
    expect(await bench.storedText()).toBe('a')
  })

  it('stores the rest of a long change at once if nothing can be stored afterwards', async () => {
    const now = bench.clock.now()
    let elapsedMs = 0
    // Each slice ends after one update.
    vi.spyOn(bench.clock, 'now').mockImplementation(() => {
      elapsedMs += 10
      return { ...now, monotonicMs: now.monotonicMs + elapsedMs }
    })
    bench.write('x'.repeat(3_000_000))
    bench.writer.finishStoring()
    bench.log.stop()
    expect(await bench.storedText()).toHaveLength(3_000_000)
  })

  it('neither stores nor announces a change after the room was left', async () => {
    bench.isOpen = false
    bench.provider.status = 'disconnected'
    bench.write('a')
    await bench.clock.pass(1_000)
    await expect(bench.storedText()).rejects.toThrow(NotRunningError)
  })

  it('stores a foreign update, and does not send it', async () => {
    const other = new Y.Doc()
    other.getText('text').insert(0, 'foreign')
    bench.sync.apply(Y.encodeStateAsUpdate(other))
    await bench.clock.pass(1_000)
    expect(bench.sent).toEqual([])
    expect(await bench.storedText()).toBe('foreign')
  })

  it('stores foreign updates that arrived in the wrong order when the gap is filled', async () => {
    const other = new Y.Doc()
    const updates: Uint8Array[] = []
    other.on('update', update => updates.push(update))
    for (const text of ['1', '2', '3']) other.getText('text').insert(other.getText('text').length, text)
    const [first, second, third] = updates
    for (const update of [third, second, first]) if (update) bench.sync.apply(update)
    await bench.clock.pass(1_000)
    expect(await bench.storedText()).toBe('123')
  })

  it('drops pending changes when the document gets new ids', async () => {
    bench.write('a')
    bench.write('b')
    bench.writer.clear()
    await bench.clock.pass(1_000)
    expect(bench.sent).toEqual(['publish'])
    expect(await bench.storedText()).toBe('a')
  })
})

it('publishes no update that a receiver rejects as too long, whatever the name and the epoch of its document', () => {
  const { payload } = draftSpaceFact(idOf('ada'), {
    type: 'update',
    document: 'x'.repeat(limits.maxDocumentNameBytes),
    update: new Uint8Array(maxPublishedBytes),
    epoch: { number: Number.MAX_SAFE_INTEGER, id: new Uint8Array(16).fill(1) },
  })
  expect(payload.length).toBeLessThanOrEqual(limits.maxPayloadBytes)
})
