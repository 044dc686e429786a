/**
 * Commands: the requests of the clients bench to one member's process. Except for `digest` and
 * `plainTransactionMs`, commands resolve with a time.
 */
export interface Commands {
  open(request: { document: string; isConnected: boolean }): Promise<number>
  connect(): Promise<number>
  disconnect(): Promise<number>
  close(): Promise<number>
  /** Applies the writes of `count` past clients, numbered from `from`. */
  write(request: { from: number; count: number }): Promise<number>
  /** Resolves with the time before the edit. */
  set(request: { key: string }): Promise<number>
  untilSet(request: { key: string }): Promise<number>
  /** Resolves when the document is synced and contains what `count` clients wrote. */
  untilClients(request: { count: number }): Promise<number>
  /** A hash of everything inserted and deleted. */
  digest(): Promise<string>
  /**
   * How long a small edit takes with Yjs alone in a document of `count` past clients, in ms: the median of
   * nine edits.
   */
  plainTransactionMs(request: { count: number }): Promise<number>
  /** Clears the event-loop delays measured so far. */
  reset(): Promise<number>
}

/** The figures that a member measures of itself. */
export interface Measured {
  /** The longest time in which the event loop handled nothing. */
  readonly worstStallMs: number
  readonly maxMemoryMb: number
  readonly refused: number
  readonly connections: number
  readonly suspected: number
  readonly declaredDead: number
  readonly collisions: number
  /** How often the document was compacted. The holders of a document that takes long to exchange compact it meanwhile. */
  readonly epochs: number
}
