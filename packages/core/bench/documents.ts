/**
 * Documents bench: how long the digest of a document takes after one edit, compared with a hash of its Yjs
 * snapshot, and how long a paste blocks its process when it is encoded as one update, compared with chunks.
 * One JSON object on stdout.
 */
import { createHash } from 'node:crypto'
import * as Y from 'yjs'
import { DocumentDigest } from '../src/spaces/documents/document-digest.ts'
import { updateChunks } from '../src/spaces/documents/update-chunks.ts'

const pasteLength = 30_000_000
const structs = 100_000
const edits = 201
const pastes = 5
/** The size of the chunks that hearsay sends. */
const chunkBytes = 61_440

const text = (doc: Y.Doc): Y.Text => doc.getText('text')

/**
 * A flat string, as a clipboard returns it. The engine would flatten the result of `repeat` when it is first
 * read.
 */
const paste = Buffer.alloc(pasteLength, 'x').toString()

/** One text of 30 MB, in one struct. */
function largeDocument(): Y.Doc {
  const doc = new Y.Doc()
  text(doc).insert(0, paste)
  return doc
}

/** A text in which each character is a separate struct, because each was inserted before the previous one. */
function fragmentedDocument(): Y.Doc {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (let i = 0; i < structs; i++) text(doc).insert(0, 'x')
  })
  return doc
}

/** A text in which each character was inserted by another client. */
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

/**
 * Milliseconds of an edit alone, of an edit followed by each of the two hashes, and of the first digest of
 * the document.
 */
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

/** How long a paste blocks the event loop at most: as one update, and in chunks. */
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
      // This measurement comes first: later it would include garbage collection of the other documents.
      'a paste of 30 MB': pasteStall(),
      'one edit in a text of 30 MB': afterOneEdit(largeDocument()),
      'one edit in 100,000 structs': afterOneEdit(fragmentedDocument()),
      'one edit after 100,000 clients': afterOneEdit(sharedDocument()),
    },
    null,
    2,
  ),
)
