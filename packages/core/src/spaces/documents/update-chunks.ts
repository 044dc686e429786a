/**
 * Update chunks: encodes what a replica has beyond another one as a sequence of small Yjs updates (version 1).
 *
 * Each chunk depends only on content of the other replica and on earlier chunks, so it can be applied and shown as
 * soon as it arrives. Deletions come last. A chunk is encoded when it is needed, from the document's state at that
 * time, so a stream of 256 MiB needs no copy of the document. The chunks cover everything up to the state at the
 * beginning. Later changes are sent separately.
 */
import * as Y from 'yjs'
import { growthFor, longest, maxStructs } from './chunk-sizes.ts'
import { ChunkWriter, type Struct } from './chunk-writer.ts'
import { maxClientsInUpdate } from './client-rates.ts'
import { type DeletedRange, deletionChunks, deletionsOf } from './deletion-ranges.ts'

export interface ChunkOptions {
  /** The content that the other replica already has: client → the clock after its last unit. */
  readonly since: ReadonlyMap<number, number>
  /**
   * Where to stop: client → the first clock that is not encoded. Undefined: encode the whole present state.
   */
  readonly until?: ReadonlyMap<number, number> | undefined
  /** Which clients to encode. @default all */
  readonly includes?: ((client: number) => boolean) | undefined
  /**
   * Excluded clients whose content the other replica may lack in part. If encoded content depends on such a client,
   * the client's content is encoded from its beginning up to there. The other replica has everything of all other
   * excluded clients.
   *
   * @default none
   */
  readonly mayLack?: ((client: number) => boolean) | undefined
  /** The deletions to encode. @default those of all encoded clients */
  readonly deletions?: ReadonlyMap<number, readonly DeletedRange[]> | undefined
  /** Approximate bytes of a chunk. If chunks grow, this is the size of the first chunk. */
  readonly maxBytes: number
  /** Each chunk is twice as long as the one before, up to this number of bytes. @default chunks do not grow */
  readonly growTo?: number | undefined
  /**
   * Approximate number of clients in the document to which the chunks will be applied. Each chunk is a transaction
   * there, and Yjs handles every client in each transaction, so chunks grow with the clients, up to 32 times.
   * Undefined: the chunks are not applied one by one, and do not grow.
   */
  readonly receiverClients?: number | undefined
}

export function* updateChunks(doc: Y.Doc, options: ChunkOptions): Generator<Uint8Array, void, undefined> {
  yield* structChunks(doc, options)
  const { deletions = deletionsOf(doc, options.includes), receiverClients } = options
  const { maxBytes, growTo = maxBytes } = options
  const growth = receiverClients === undefined ? 1 : growthFor(doc.store.clients.size)
  yield* deletionChunks(deletions, longest(growTo, growth))
}

/** A client whose structs are being written because a struct of another client depends on them up to this clock. */
interface StackFrame {
  readonly client: number
  readonly until: number
}

function* structChunks(
  doc: Y.Doc,
  { since, until, includes, mayLack, maxBytes, growTo = maxBytes, receiverClients }: ChunkOptions,
): Generator<Uint8Array> {
  const { store } = doc
  /** Structs of included clients that still have to be written: client → first clock, end clock. */
  const pending = new Map<number, { at: number; end: number }>()
  const encodedClients = [...(until ?? store.clients).keys()].filter(client => includes?.(client) ?? true)
  for (const client of encodedClients.sort((a, b) => b - a)) {
    const at = since.get(client) ?? 0
    const end = until ? (until.get(client) ?? 0) : Y.getState(store, client)
    if (end > at) pending.set(client, { at, end })
  }
  /** Structs of excluded clients that still have to be written: client → first clock, end clock. */
  const missing = new Map<number, { at: number; end: number }>()
  const todoOf = (client: number) => {
    const known = pending.get(client) ?? missing.get(client)
    if (known || !mayLack?.(client)) return known
    const todo = { at: 0, end: Y.getState(store, client) }
    missing.set(client, todo)
    return todo
  }
  let clients = receiverClients ?? 0
  let growth = growthFor(clients)
  const clientsFor = () =>
    receiverClients === undefined ? Number.POSITIVE_INFINITY : maxClientsInUpdate(clients)
  let maxClients = clientsFor()
  let writer = new ChunkWriter()
  let chunkBytes = maxBytes
  for (const client of pending.keys()) {
    const stack: StackFrame[] = [{ client, until: Number.POSITIVE_INFINITY }]
    // If thousands of clients appended to a text in turn, the stack has thousands of frames, so a set is
    // faster.
    const onStack = new Set([client])
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const todo = todoOf(frame.client)
      if (!todo || todo.at >= todo.end || todo.at > frame.until) {
        if (todo && todo.at >= todo.end) pending.delete(frame.client)
        stack.pop()
        onStack.delete(frame.client)
        continue
      }
      const structs = store.clients.get(frame.client) ?? []
      const struct = structs[Y.findIndexSS(structs, todo.at)]
      if (!struct) throw new Error('a struct is missing in the document: the Yjs store is inconsistent')
      const missing = dependencies(struct, todo.at).find(({ client: other, clock }) => {
        const otherTodo = todoOf(other)
        return otherTodo && other !== frame.client && otherTodo.at <= clock && otherTodo.at < otherTodo.end
      })
      // Only a damaged document has cyclic dependencies. The structs of such a document stay pending at the receiver, as in
      // Yjs.
      if (missing && !onStack.has(missing.client)) {
        stack.push({ client: missing.client, until: missing.clock })
        onStack.add(missing.client)
        continue
      }
      if (todo.at === 0 && receiverClients !== undefined) clients += 1
      todo.at = writer.write(struct, todo.at, todo.end, chunkBytes)
      if (
        writer.bytes < longest(chunkBytes, growth) &&
        writer.structs < growth * maxStructs &&
        writer.clients < maxClients
      )
        continue
      yield writer.finish()
      writer = new ChunkWriter()
      chunkBytes = Math.min(2 * chunkBytes, growTo)
      growth = growthFor(clients)
      maxClients = clientsFor()
    }
  }
  if (writer.bytes > 0) yield writer.finish()
}

/** Ids that must exist before the unit of this struct at `clock` can be integrated. */
function dependencies(struct: Struct, clock: number): Y.ID[] {
  if (!(struct instanceof Y.Item)) return []
  const { origin, rightOrigin, parent, id } = struct
  const left = clock > id.clock ? null : origin
  const above = left || rightOrigin ? null : parentIdOf(parent)
  return [left, rightOrigin, above].filter(each => each !== null)
}

function parentIdOf(parent: Y.Item['parent']): Y.ID | null {
  if (parent instanceof Y.ID) return parent
  return parent instanceof Y.AbstractType ? (parent._item?.id ?? null) : null
}
