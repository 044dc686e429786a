/**
 * Documents bench: what the digest of a document costs after one edit, beside a hash of its Yjs snapshot; and how long
 * a paste holds up its process when it is encoded as one update, beside chunks. One JSON object on stdout.
 */
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { DocumentDigest } from '../src/spaces/documents/document-digest.ts'
import { updateChunks } from '../src/spaces/documents/update-chunks.ts'

const pasteLength = 30_000_000
const structs = 100_000
const edits = 201
const pastes = 5
/** As hearsay sends them. */
const chunkBytes = 61_440

const text = (doc: Y.Doc): Y.Text => doc.getText('text')

/** As a clipboard gives it: `repeat` would be joined when it is first read. */
const paste = Buffer.alloc(pasteLength, 'x').toString()

/** One text of 30 MB, in one struct. */
function largeDocument(): Y.Doc {
  const doc = new Y.Doc()
  text(doc).insert(0, paste)
  return doc
}

/** Each character a struct of its own: every insertion goes before the one before it. */
function fragmentedDocument(): Y.Doc {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (let i = 0; i < structs; i++) text(doc).insert(0, 'x')
  })
  return doc
}

/** Each character by a client of its own. */
function sharedDocument(): Y.Doc {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (let i = 0; i < structs; i++) {
      doc.clientID = i + 1
      text(doc).insert(0, 'x')
    }
  })
  return doc
}

function msOf(act: () => unknown): number {
  const start = performance.now()
  act()
  return performance.now() - start
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const rounded = (ms: number): number => Number(ms.toPrecision(2))

/** Milliseconds of one edit alone, of one with each of the two hashes after it, and of the digest of all there is. */
function afterOneEdit(doc: Y.Doc) {
  const edit = () => text(doc).insert(text(doc).length, 'y')
  const medianOf = (act: () => unknown) => rounded(median(Array.from({ length: edits }, () => msOf(act))))
  const editMs = medianOf(edit)
  const snapshotSha256Ms = medianOf(() => {
    edit()
    createHash('sha256')
      .update(Y.encodeSnapshot(Y.snapshot(doc)))
      .digest()
  })
  const digest = new DocumentDigest(doc)
  const firstDigestMs = rounded(msOf(() => digest.hash()))
  const digestMs = medianOf(() => {
    edit()
    digest.hash()
  })
  return { editMs, snapshotSha256Ms, digestMs, firstDigestMs }
}

/** The longest that a paste keeps its process from anything else: as one update, and in chunks. */
function pasteStall() {
  const insert = (doc: Y.Doc) => text(doc).insert(0, paste)
  const runs = Array.from({ length: pastes }, () => {
    const listening = new Y.Doc()
    listening.on('update', () => {})
    const oneUpdateMs = msOf(() => insert(listening))
    const doc = new Y.Doc()
    const digest = new DocumentDigest(doc)
    digest.hash()
    const insertMs = msOf(() => insert(doc))
    const chunks = updateChunks(doc, { since: new Map(), maxBytes: chunkBytes })
    const chunksMs: number[] = []
    for (let isDone: boolean | undefined = false; !isDone; )
      chunksMs.push(
        msOf(() => {
          isDone = chunks.next().done
        }),
      )
    const allChunksMs = chunksMs.reduce((sum, ms) => sum + ms)
    return { oneUpdateMs, insertMs, worstChunkMs: Math.max(...chunksMs), allChunksMs }
  })
  const of = (key: keyof (typeof runs)[number]) => rounded(median(runs.map(run => run[key])))
  return {
    insertWithUpdateListenerMs: of('oneUpdateMs'),
    insertWithDigestMs: of('insertMs'),
    worstChunkMs: of('worstChunkMs'),
    allChunksMs: of('allChunksMs'),
  }
}

console.log(
  JSON.stringify(
    {
      // First: later it would wait for the garbage of the other documents to be collected.
      'a paste of 30 MB': pasteStall(),
      'one edit in a text of 30 MB': afterOneEdit(largeDocument()),
      'one edit in 100,000 structs': afterOneEdit(fragmentedDocument()),
      'one edit after 100,000 clients': afterOneEdit(sharedDocument()),
    },
    null,
    2,
  ),
)
