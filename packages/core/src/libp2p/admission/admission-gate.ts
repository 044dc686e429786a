/**
 * Admission gate: decides which connections lead to members of the cluster.
 *
 * A connection is pending when it opens. A connection is admitted once each end has proved an admission key to the other on
 * this connection (wire/admission.ts). The end that dialled opens the stream of this handshake. In a cluster with several keys,
 * this end proves the primary key first, and the next key on a new stream if the peer does not accept the first one. A
 * connection that is not admitted within 5 s is refused, and a refused connection is never admitted. A peer that broke the
 * protocol too often is refused for a while, even if its proof is right. No message of hearsay is sent or accepted over a
 * connection that is not admitted.
 *
 * The gate remembers by which key a connection was admitted. If that key is removed, both ends have 5 s to prove a
 * remaining key on the connection. Otherwise the connection is closed.
 *
 * If the peer accepts none of several keys, the end that dialled asks whether its primary key was removed from the cluster.
 *
 * In a cluster with an authority, each end also shows its grants, and the connection ends when they do.
 */
import type { Connection, Libp2pEvents, Stream, StreamHandler, TypedEventTarget } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { RefusedPeers } from '../../runtime/refused-peers.ts'
import { startPeerDeadline } from '../peer-deadline.ts'
import {
  type AdmissionKey,
  admissionProtocol,
  Handshake,
  type HandshakeOptions,
  handshakeTimeoutMs,
} from './handshake.ts'
import type { RefusalReason } from './refusals.ts'
import { RenewedProofs } from './renewed-proofs.ts'

/**
 * Maximum waiting bytes of a stream that was opened before the admission. Our choice: more than honest members send
 * before they receive an answer.
 */
const maxWaitingBytes = 65_536

export interface AdmissionGateOptions extends HandshakeOptions {
  readonly components: GateComponents
  /** How many wrong proofs of one connection are checked before it is refused. */
  readonly maxProofs: number
  /** Whether the node exists for hearsay alone. Then a refused connection is closed. */
  readonly ownsNode: boolean
  /** The connection was admitted. */
  readonly admitted: (connection: Connection) => void
  readonly refused: (connection: Connection, reason: RefusalReason) => void
}

export interface GateComponents {
  readonly peerId: { toString(): string }
  readonly registrar: Registrar
  readonly events: TypedEventTarget<Libp2pEvents>
}

interface Pending {
  readonly isAdmitted: Promise<boolean>
  readonly settle: (isAdmitted: boolean) => void
  readonly endDeadline: () => void
}

export class AdmissionGate {
  readonly #refusedPeers = new RefusedPeers()
  #options: AdmissionGateOptions | undefined
  #handshake: Handshake | undefined
  /** The open connections that are admitted, and the id of the key that was proved last. */
  readonly #admitted = new Map<Connection, string>()
  readonly #renewed: RenewedProofs
  /** The number of wrong proofs on pending connections. */
  readonly #wrongProofs = new WeakMap<Connection, number>()
  #refused = new WeakSet<Connection>()
  /** The grants that the other ends of open connections showed. */
  readonly #shown = new Map<Connection, Uint8Array>()
  readonly #pending = new Map<Connection, Pending>()
  readonly #relayFollowers: ((connection: Connection) => void)[] = []
  readonly #undo: (() => void)[] = []

  constructor() {
    this.#renewed = new RenewedProofs({
      keys: () => this.#options?.keys() ?? [],
      prove: (connection, key, signal) => this.#prove(connection, key, signal),
      missed: connection => this.#expel(connection),
    })
  }

  /** Calls back with each admitted connection whose other end relays connections between members. */
  followRelays(follower: (connection: Connection) => void): void {
    this.#relayFollowers.push(follower)
  }

  /** Admits connections from now on. Call it before the node listens, so that none is missed. */
  async open(options: AdmissionGateOptions): Promise<void> {
    this.#options = options
    this.#handshake = new Handshake(options)
    const { registrar, events } = options.components
    const opened = ({ detail }: CustomEvent<Connection>) => {
      this.#entry(detail)
      if (this.isRefused(detail.remotePeer.toString())) this.#refuse(detail, 'violations')
      else if (detail.direction === 'outbound') void this.#initiate(detail)
    }
    const closed = ({ detail }: CustomEvent<Connection>) => this.#closed(detail)
    events.addEventListener('connection:open', opened)
    events.addEventListener('connection:close', closed)
    this.#undo.push(() => {
      events.removeEventListener('connection:open', opened)
      events.removeEventListener('connection:close', closed)
      registrar.unhandle(admissionProtocol).catch(() => {})
    })
    const respond = (stream: Stream, connection: Connection) => this.#respond(stream, connection)
    // A stream of an attempt may still be closing when the next attempt begins, and both ends may begin an attempt.
    const limits = { maxInboundStreams: 2, maxOutboundStreams: 2, runOnLimitedConnection: true }
    await registrar.handle(admissionProtocol, respond, limits)
  }

  /** Forgets all connections. */
  close(): void {
    for (const undo of this.#undo.splice(0)) undo()
    for (const connection of [...this.#pending.keys()]) this.#settle(connection, false)
    this.#admitted.clear()
    this.#renewed.clear()
    this.#refused = new WeakSet()
    this.#shown.clear()
    this.#options = undefined
    this.#handshake = undefined
  }

  /** Admits no connection of this peer for a while. */
  refusePeer(id: string, forMs: number): void {
    this.#refusedPeers.add(id, performance.now() + forMs)
  }

  /** Whether no connection of this peer is admitted now. */
  isRefused(id: string): boolean {
    return this.#refusedPeers.has(id, () => performance.now())
  }

  isAdmitted(connection: Connection): boolean {
    return this.#admitted.has(connection)
  }

  /** Grants have ended: closes the connections that were admitted by them. */
  review(): void {
    for (const [connection, grants] of this.#shown)
      if (!this.#options?.grants?.isCurrent(connection.remotePeer.toString(), grants)) {
        this.#shown.delete(connection)
        connection.close().catch(error => connection.abort(error))
      }
  }

  /** The keys changed. Connections that were admitted by a removed key must prove another key, or end. */
  keysChanged(): void {
    const ids = new Set(this.#options?.keys().map(({ id }) => id))
    for (const [connection, id] of this.#admitted) if (!ids.has(id)) this.#renewed.require(connection)
  }

  /** Resolves within 5 s. */
  whenAdmitted(connection: Connection): Promise<boolean> {
    if (this.#admitted.has(connection)) return Promise.resolve(true)
    if (this.#refused.has(connection) || !this.#options || connection.status !== 'open')
      return Promise.resolve(false)
    return this.#entry(connection).isAdmitted
  }

  /**
   * A handler that receives streams of admitted connections only. A stream may overtake the end of the handshake, so the
   * first bytes of a stream wait for it.
   */
  guarded(handler: StreamHandler): StreamHandler {
    return (stream, connection) => {
      if (this.isAdmitted(connection)) return handler(stream, connection)
      const { maxReadBufferLength } = stream
      stream.maxReadBufferLength = maxWaitingBytes
      void this.whenAdmitted(connection).then(isAdmitted => {
        stream.maxReadBufferLength = maxReadBufferLength
        if (isAdmitted) void handler(stream, connection)
        else stream.abort(new Error('the connection is not admitted'))
      })
    }
  }

  #entry(connection: Connection): Pending {
    const known = this.#pending.get(connection)
    if (known) return known
    let settle: (isAdmitted: boolean) => void = () => {}
    const isAdmitted = new Promise<boolean>(resolve => {
      settle = resolve
    })
    const endDeadline = startPeerDeadline(handshakeTimeoutMs, () =>
      this.#refuse(connection, this.#wrongProofs.has(connection) ? 'wrong-proof' : 'no-proof'),
    )
    const entry: Pending = { isAdmitted, settle, endDeadline }
    this.#pending.set(connection, entry)
    return entry
  }

  async #initiate(connection: Connection): Promise<void> {
    const options = this.#options
    if (!options) return
    const ended = new AbortController()
    void this.#entry(connection).isAdmitted.then(() => ended.abort())
    const { signal } = ended
    const keys = options.keys()
    for (const [at, key] of keys.entries()) {
      const outcome = await this.#prove(connection, key, signal)
      if (outcome === 'admitted' || signal.aborted) return
      // The end that answers may have another key.
      if (outcome === 'not-accepted' && at + 1 < keys.length) continue
      const prove = async (key: Uint8Array) =>
        this.#handshake?.initiate(connection, key, signal, { withGrants: false })
      const isReplaced = outcome === 'not-accepted' && (await options.removedKeys?.ask(keys, prove))
      if (outcome !== 'interrupted') this.#refuse(connection, isReplaced ? 'replaced-secret' : outcome)
      return
    }
  }

  /** One attempt to prove a key. `interrupted`: the connection has closed, or its timer refuses it. */
  async #prove(
    connection: Connection,
    { id, key }: AdmissionKey,
    signal: AbortSignal,
  ): Promise<'admitted' | 'interrupted' | RefusalReason> {
    const proof = (await this.#handshake?.initiate(connection, key, signal)) ?? 'interrupted'
    if (typeof proof === 'string') return proof
    if (proof.grants) this.#shown.set(connection, proof.grants)
    this.#admit(connection, id)
    if (proof.isRelay) for (const follower of this.#relayFollowers) follower(connection)
    return 'admitted'
  }

  async #respond(stream: Stream, connection: Connection): Promise<void> {
    if (!this.#handshake || this.#refused.has(connection)) {
      stream.abort(new Error('not admitted'))
      return
    }
    const outcome = await this.#handshake.respond(stream, connection, proof => {
      if (proof.grants) this.#shown.set(connection, proof.grants)
      this.#admit(connection, proof.keyId)
    })
    if (this.#admitted.has(connection) || outcome === 'proved') return
    const wrongProofs = (this.#wrongProofs.get(connection) ?? 0) + 1
    this.#wrongProofs.set(connection, wrongProofs)
    if (outcome !== 'wrong-proof' || wrongProofs >= (this.#options?.maxProofs ?? 1))
      this.#refuse(connection, outcome)
  }

  #admit(connection: Connection, keyId: string): void {
    if (this.#refused.has(connection)) return
    const isNew = !this.#admitted.has(connection)
    this.#admitted.set(connection, keyId)
    this.#renewed.end(connection)
    // Must run before the streams that wait for the admission are handled.
    if (isNew) this.#options?.admitted(connection)
    this.#settle(connection, true)
    // The key may have been removed during the handshake.
    const { keys } = this.#options ?? {}
    if (keys && !keys().some(({ id }) => id === keyId)) this.#renewed.require(connection)
  }

  /** The peer has none of the remaining keys. */
  #expel(connection: Connection): void {
    this.#renewed.end(connection)
    this.#admitted.delete(connection)
    this.#refused.add(connection)
    this.#options?.refused(connection, 'removed-key')
    connection.abort(new Error('its key was removed from the cluster'))
  }

  #closed(connection: Connection): void {
    // A peer that has no further key closes the connection itself.
    if (this.#pending.has(connection) && this.#wrongProofs.has(connection)) {
      this.#refuse(connection, 'wrong-proof')
      return
    }
    this.#renewed.end(connection)
    this.#shown.delete(connection)
    this.#settle(connection, false)
    this.#admitted.delete(connection)
  }

  #refuse(connection: Connection, reason: RefusalReason): void {
    if (!this.#options || this.#admitted.has(connection) || this.#refused.has(connection)) return
    const { ownsNode, refused } = this.#options
    this.#refused.add(connection)
    this.#settle(connection, false)
    refused(connection, reason)
    if (ownsNode) connection.close().catch(error => connection.abort(error))
  }

  #settle(connection: Connection, isAdmitted: boolean): void {
    const entry = this.#pending.get(connection)
    if (!entry) return
    entry.endDeadline()
    this.#pending.delete(connection)
    entry.settle(isAdmitted)
  }
}
