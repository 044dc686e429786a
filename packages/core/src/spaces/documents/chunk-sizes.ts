/**
 * Chunk sizes: how long the chunks of a document are, by the number of clients in it.
 *
 * A receiver applies each chunk in one transaction, and Yjs handles every client of the document in each transaction.
 * So the size of a chunk grows with the number of clients, up to 32 times the normal size.
 */

/**
 * Sizes of streamed chunks, our choice. The first chunk is one piece, so that it is visible at once. The longest takes
 * some ten milliseconds to apply; and Yjs, which keeps a long text as one string, rebuilds that string for each chunk.
 */
export const streamedChunks = {
  maxBytes: 61_440,
  growTo: 1_048_576,
}

/** Maximum number of structs in one chunk. Encoding and applying them takes some milliseconds. */
export const maxStructs = 4_096
/**
 * In a document with very many clients, the limit of structs in a chunk is the number of clients divided by this number.
 * Our choice. Applying the structs of a chunk then takes about a third of the time that Yjs spends on all clients in each
 * transaction. A million clients arrive in about 50 transactions.
 */
const clientsPerStruct = 8
/** Our choice: 131,072 structs and 16 MB in one chunk, for a million clients. */
const maxGrowth = 32
const grownBytes = 524_288

/** How many times larger a chunk is for a document with this many clients. */
export function growthFor(clients: number): number {
  return Math.min(maxGrowth, Math.max(1, clients / clientsPerStruct / maxStructs))
}

/** The maximum bytes of a chunk that may be `growth` times larger. */
export function longest(bytes: number, growth: number): number {
  return growth > 1 ? Math.max(bytes, growth * grownBytes) : bytes
}
