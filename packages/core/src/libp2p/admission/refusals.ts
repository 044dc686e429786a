/**
 * Refusals: why connections were not admitted, in words for the local side. Nothing of this is sent to a peer.
 *
 * A wrong secret and a wrong cluster name look the same, and a peer does not say whether it wants a secret. So the texts
 * name what to compare, and do not claim more than this member knows.
 */
import type { Connection } from '@libp2p/interface'

/**
 * - `not-accepted`: the peer ended the handshake after it had this member's proof.
 * - `wrong-proof`: the peer's proof is wrong.
 * - `no-proof`: the peer sent no proof in time.
 * - `unsupported`: the peer does not know the handshake.
 */
export type RefusalReason = 'not-accepted' | 'wrong-proof' | 'no-proof' | 'unsupported'

export interface Refusal {
  /** One sentence that says what happened, and one that says what to do. */
  readonly text: string
  /** Milliseconds of the monotonic clock. */
  readonly atMs: number
}

/** Refusals are kept for at most so many peers, the latest ones. */
const maxPeers = 256
/** The same reason is logged once in this time for each peer. */
const logIntervalMs = 60_000

export interface RefusalsOptions {
  readonly hasSecret: boolean
  readonly log: (line: string) => void
}

export class Refusals {
  readonly #options: RefusalsOptions
  readonly #byPeer = new Map<string, Refusal & { readonly loggedMs: number }>()
  #count = 0
  #lastDialled: string | undefined

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  report({ remotePeer, remoteAddr, direction }: Connection, reason: RefusalReason, nowMs: number): void {
    this.#count += 1
    const id = remotePeer.toString()
    const text = this.#text(reason, remoteAddr.toString())
    const before = this.#byPeer.get(id)
    const isRepeated = before?.text === text && nowMs - before.loggedMs < logIntervalMs
    if (!isRepeated) this.#options.log(text)
    this.#byPeer.delete(id)
    this.#byPeer.set(id, { text, atMs: nowMs, loggedMs: isRepeated ? before.loggedMs : nowMs })
    const [oldest] = this.#byPeer.keys()
    if (this.#byPeer.size > maxPeers && oldest !== undefined) this.#byPeer.delete(oldest)
    if (direction === 'outbound') this.#lastDialled = text
  }

  /** The peer was admitted: its earlier refusal has no meaning any more. */
  forget(id: string): void {
    this.#byPeer.delete(id)
  }

  /** The last refusal of this peer. */
  of(id: string): Refusal | undefined {
    return this.#byPeer.get(id)
  }

  /** The last refusal of a peer that this member had dialled. */
  get lastDialled(): string | undefined {
    return this.#lastDialled
  }

  /** All refusals so far. */
  get count(): number {
    return this.#count
  }

  #text(reason: RefusalReason, address: string): string {
    const { hasSecret } = this.#options
    const compare = hasSecret
      ? 'Do both ends have the same secret and the same cluster name?'
      : 'Do both ends have the same cluster name, and does the cluster need a secret? This member has none.'
    switch (reason) {
      case 'not-accepted':
        return `The peer at ${address} did not accept ${hasSecret ? "this member's secret" : 'this member, which has no secret'}. ${compare}`
      case 'wrong-proof':
        return `The peer at ${address} did not prove ${hasSecret ? "this member's secret" : 'that it is in this cluster'}. ${compare}`
      case 'no-proof':
        return `The peer at ${address} proved nothing in time. Is it busy, or no member of the cluster?`
      case 'unsupported':
        return `The peer at ${address} does not know the admission of hearsay 2. Is it a hearsay member, and of this version?`
    }
  }
}
