/** Commands: what the bench of clients asks of the process of one member. All but `digest` and the yardstick resolve with a time. */
export interface Commands {
  open(request: { document: string; isConnected: boolean }): Promise<number>
  connect(): Promise<number>
  disconnect(): Promise<number>
  close(): Promise<number>
  /** Applies what so many past clients wrote, the first of them with this number. */
  write(request: { from: number; count: number }): Promise<number>
  /** Resolves with the time before the edit. */
  set(request: { key: string }): Promise<number>
  untilSet(request: { key: string }): Promise<number>
  /** Resolves when so many clients are here, and the document is synced. */
  untilClients(request: { count: number }): Promise<number>
  /** A hash of all that is inserted and deleted. */
  digest(): Promise<string>
  /** Milliseconds of a small edit with Yjs alone in a document of so many past clients: the median of nine. */
  plainTransactionMs(request: { count: number }): Promise<number>
  /** Forgets stalls so far. */
  reset(): Promise<number>
}

/** What a member measured of itself. */
export interface Measured {
  /** The longest time in which the event loop handled nothing. */
  readonly worstStallMs: number
  readonly maxMemoryMb: number
  readonly refused: number
  readonly connections: number
  readonly suspected: number
  readonly declaredDead: number
  readonly collisions: number
}
