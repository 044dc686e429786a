/**
 * Renewed proofs: admitted connections whose key was removed. Both ends have 5 s to prove a remaining key.
 *
 * A connection waits at most once at a time, and the wait ends when another key is proved or the connection closes.
 */
import type { Connection } from '@libp2p/interface'
import { startPeerDeadline } from '../peer-deadline.ts'
import { type AdmissionKey, handshakeTimeoutMs } from './handshake.ts'

export interface RenewedProofsOptions {
  /** The remaining keys, the primary one first. */
  readonly keys: () => readonly AdmissionKey[]
  /** One attempt to prove a key. @returns `admitted`, or why not */
  readonly prove: (connection: Connection, key: AdmissionKey, signal: AbortSignal) => Promise<string>
  /** No remaining key was proved in time. */
  readonly missed: (connection: Connection) => void
}

export class RenewedProofs {
  readonly #options: RenewedProofsOptions
  /** Connections that must prove another key, and how to end the wait. */
  readonly #waiting = new Map<Connection, () => void>()

  constructor(options: RenewedProofsOptions) {
    this.#options = options
  }

  /** The connection was admitted by a key that was removed: its peer must prove another key. */
  require(connection: Connection): void {
    if (this.#waiting.has(connection)) return
    const ended = new AbortController()
    const endDeadline = startPeerDeadline(handshakeTimeoutMs, () => this.#options.missed(connection))
    this.#waiting.set(connection, () => {
      endDeadline()
      ended.abort()
    })
    void this.#prove(connection, ended.signal)
  }

  /** The connection has proved a key, or ends. */
  end(connection: Connection): void {
    this.#waiting.get(connection)?.()
    this.#waiting.delete(connection)
  }

  clear(): void {
    for (const end of this.#waiting.values()) end()
    this.#waiting.clear()
  }

  async #prove(connection: Connection, signal: AbortSignal): Promise<void> {
    const { keys, prove } = this.#options
    for (const key of keys())
      if (signal.aborted || (await prove(connection, key, signal)) === 'admitted') return
  }
}
