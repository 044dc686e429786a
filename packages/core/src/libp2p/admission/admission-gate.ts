/**
 * Admission gate: decides which connections lead to members of the cluster.
 *
 * A connection is pending when it opens. It is admitted once each end has proved an admission key to the other on this
 * connection (wire/admission.ts). The end that dialled opens the stream of this handshake. In a cluster with several keys
 * it proves the primary one first, and the next one on a new stream if the peer does not accept it. A connection that is not
 * admitted within 5 s is refused, and a refused connection is never admitted. A peer that broke the protocol too often
 * is refused for a while, even if its proof is right. No message of hearsay is sent or accepted over a connection that
 * is not admitted.
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
import { type ByteStream, byteStream } from '@libp2p/utils'
import { concat } from 'uint8arrays/concat'
import {
  type AdmissionSession,
  admissionAnswer,
  admissionRequest,
  answerBytes,
  answeredCapabilities,
  type Capabilities,
  nonceBytes,
  requestBytes,
} from '../../wire/admission.ts'
import { asError } from '../../wire/result.ts'
import { startPeerDeadline } from '../peer-deadline.ts'
import type { GrantExchange, GrantsMessage } from './grant-exchange.ts'
import type { RefusalReason } from './refusals.ts'

/** A node that handles this protocol is a relay. */
const relayProtocol = '/libp2p/circuit/relay/0.2.0/hop'

export const admissionProtocol = '/hearsay/admission/1.0.0'

/** Our choice: several round trips of a slow network, and as long as libp2p gives identify. */
const timeoutMs = 5_000
/**
 * Maximum waiting bytes of a stream that was opened before the admission. Our choice: more than honest members send
 * before they receive an answer.
 */
const maxWaitingBytes = 65_536
/** Peers that are refused for a while: the latest ones. */
const maxRefusedPeers = 1_024

export interface AdmissionGateOptions {
  readonly components: GateComponents
  /** The admission keys, 1 to 4. The first one is the primary key. They may change: see `keysChanged`. */
  readonly keys: () => readonly AdmissionKey[]
  /** How many wrong proofs of one connection are checked before it is refused. */
  readonly maxProofs: number
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** Whether the node exists for hearsay alone. Then a refused connection is closed. */
  readonly ownsNode: boolean
  /** In a cluster with an authority. */
  readonly grants?: GrantExchange | undefined
  /** In a cluster whose keys may change. */
  readonly removedKeys?: RemovedKeys | undefined
  /** The connection was admitted. */
  readonly admitted: (connection: Connection) => void
  readonly refused: (connection: Connection, reason: RefusalReason) => void
}

export interface AdmissionKey {
  /** Identifies the key in this process. */
  readonly id: string
  readonly key: Uint8Array
}

/**
 * The keys with which two ends prove to each other that they know a removed key. They admit nobody, and only members and those
 * who have the removed key have them.
 */
export interface RemovedKeys {
  /** For a key of this member. @param id the id of the admission key */
  of(id: string): Uint8Array
  /** For the keys that were removed from the cluster. */
  all(): readonly Uint8Array[]
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
  #options: AdmissionGateOptions | undefined
  /** The open connections that are admitted, and the id of the key that was proved last. */
  readonly #admitted = new Map<Connection, string>()
  /** Admitted connections whose key was removed, and how to end the wait for another proof. */
  readonly #proving = new Map<Connection, () => void>()
  /** The number of wrong proofs on pending connections. */
  readonly #wrongProofs = new WeakMap<Connection, number>()
  #refused = new WeakSet<Connection>()
  /** The grants that the other ends of open connections showed. */
  readonly #shown = new Map<Connection, Uint8Array>()
  /** Peers that broke the protocol → until when they are refused, in monotonic ms. */
  readonly #refusedPeers = new Map<string, number>()
  readonly #pending = new Map<Connection, Pending>()
  readonly #relayFollowers: ((connection: Connection) => void)[] = []
  readonly #undo: (() => void)[] = []

  /** Calls back with each admitted connection whose other end relays connections between members. */
  followRelays(follower: (connection: Connection) => void): void {
    this.#relayFollowers.push(follower)
  }

  /** Admits connections from now on. Call it before the node listens, so that none is missed. */
  async open(options: AdmissionGateOptions): Promise<void> {
    this.#options = options
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
    // A stream of an attempt may still be closing when the next attempt begins, and both ends may begin one.
    const limits = { maxInboundStreams: 2, maxOutboundStreams: 2, runOnLimitedConnection: true }
    await registrar.handle(admissionProtocol, respond, limits)
  }

  /** Forgets all connections. */
  close(): void {
    for (const undo of this.#undo.splice(0)) undo()
    for (const connection of [...this.#pending.keys()]) this.#settle(connection, false)
    this.#admitted.clear()
    for (const end of this.#proving.values()) end()
    this.#proving.clear()
    this.#refused = new WeakSet()
    this.#shown.clear()
    this.#options = undefined
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

  /** The keys changed. Connections that were admitted by a removed key must prove another one, or end. */
  keysChanged(): void {
    const ids = new Set(this.#options?.keys().map(({ id }) => id))
    for (const [connection, id] of this.#admitted) if (!ids.has(id)) this.#requireProof(connection)
  }

  /** Admits no connection of this peer for this long. */
  refusePeer(id: string, forMs: number): void {
    this.#refusedPeers.delete(id)
    this.#refusedPeers.set(id, performance.now() + forMs)
    const [oldest] = this.#refusedPeers.keys()
    if (this.#refusedPeers.size > maxRefusedPeers && oldest !== undefined) this.#refusedPeers.delete(oldest)
  }

  /** Whether the peer is refused for a while, because it broke the protocol. */
  isRefused(id: string): boolean {
    const untilMs = this.#refusedPeers.get(id)
    if (untilMs === undefined) return false
    if (performance.now() < untilMs) return true
    this.#refusedPeers.delete(id)
    return false
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
    const endDeadline = startPeerDeadline(timeoutMs, () =>
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
      const isReplaced = outcome === 'not-accepted' && (await this.#isReplaced(connection, keys, signal))
      if (outcome !== 'interrupted') this.#refuse(connection, isReplaced ? 'replaced-secret' : outcome)
      return
    }
  }

  /** Whether the peer, which accepts none of these keys, proves that the primary one was removed from the cluster. */
  async #isReplaced(
    connection: Connection,
    [primary, ...others]: readonly AdmissionKey[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { removedKeys, maxProofs = 1 } = this.#options ?? {}
    // A member of an earlier version counts the question as a wrong proof.
    if (!removedKeys || !primary || others.length + 2 > maxProofs) return false
    return typeof (await this.#handshake(connection, removedKeys.of(primary.id), signal)) === 'object'
  }

  /** One attempt to prove a key. `interrupted`: the connection has closed, or its timer refuses it. */
  async #prove(
    connection: Connection,
    { id, key }: AdmissionKey,
    signal: AbortSignal,
  ): Promise<'admitted' | 'interrupted' | RefusalReason> {
    const peer = await this.#handshake(connection, key, signal)
    if (typeof peer === 'string') return peer
    this.#admit(connection, id)
    if (peer.relay) for (const follower of this.#relayFollowers) follower(connection)
    return 'admitted'
  }

  /** Both ends prove a key. @returns what the peer says about itself, or why the proof failed */
  async #handshake(
    connection: Connection,
    key: Uint8Array,
    signal: AbortSignal,
  ): Promise<Capabilities | 'interrupted' | RefusalReason> {
    const options = this.#options
    if (!options) return 'interrupted'
    let stream: Stream | undefined
    let hasProved = false
    try {
      stream = await connection.newStream(admissionProtocol, { signal, runOnLimitedConnection: true })
      const bytes = byteStream(stream, { maxBufferSize: maxBytes(options) })
      const challenge = (await bytes.read({ bytes: nonceBytes, signal })).subarray()
      const session = sessionOf(options, connection, key, 'initiator', challenge)
      const nonce = newNonce()
      const request = admissionRequest(session, nonce)
      if (!request) throw new Error('the peer cannot be a member')
      const shown = options.grants?.shown({ session, direction: 'request', nonce })
      stream.send(shown ? concat([request, shown]) : request)
      hasProved = true
      const answer = (await bytes.read({ bytes: answerBytes, signal })).subarray()
      const peer = answeredCapabilities(session, nonce, answer)
      const message = { session, direction: 'answer', nonce } as const
      const hasGrants = peer && (await this.#readGrants(connection, bytes, message, signal))
      stream.close().catch(() => {})
      if (!peer) return 'wrong-proof'
      return hasGrants ? peer : 'no-grants'
    } catch (error) {
      stream?.abort(asError(error))
      if (isNamed(error, 'UnsupportedProtocolError')) return 'unsupported'
      return hasProved ? 'not-accepted' : 'interrupted'
    }
  }

  async #respond(stream: Stream, connection: Connection): Promise<void> {
    const options = this.#options
    const signal = AbortSignal.timeout(timeoutMs)
    let reason: RefusalReason = 'no-proof'
    try {
      if (!options || this.#refused.has(connection)) throw new Error('not admitted')
      const relay = options.components.registrar.getProtocols().includes(relayProtocol)
      const challenge = newNonce()
      const bytes = byteStream(stream, { maxBufferSize: maxBytes(options) })
      stream.send(challenge)
      const request = (await bytes.read({ bytes: requestBytes, signal })).subarray()
      reason = 'wrong-proof'
      const nonce = request.subarray(0, nonceBytes)
      for (const { id, key } of options.keys()) {
        const session = sessionOf(options, connection, key, 'responder', challenge)
        const answer = admissionAnswer(session, request, { relay })
        if (!answer) continue
        reason = 'no-grants'
        const message = { session, direction: 'request', nonce } as const
        if (!(await this.#readGrants(connection, bytes, message, signal))) break
        const shown = options.grants?.shown({ session, direction: 'answer', nonce })
        stream.send(shown ? concat([answer, shown]) : answer)
        this.#admit(connection, id)
        break
      }
      const answer = reason === 'wrong-proof' && removedAnswer(options, connection, challenge, request)
      if (answer) {
        reason = 'removed-key'
        stream.send(answer)
      }
      // All other peers that are refused receive this one answer.
      const closed = stream.close().catch(() => {})
      if (answer) await closed
    } catch (error) {
      stream.abort(asError(error))
    }
    if (this.#admitted.has(connection)) return
    const wrongProofs = (this.#wrongProofs.get(connection) ?? 0) + 1
    this.#wrongProofs.set(connection, wrongProofs)
    if (reason !== 'wrong-proof' || wrongProofs >= (options?.maxProofs ?? 1)) this.#refuse(connection, reason)
  }

  /** Reads the grants of the peer and stores them. @returns false: they do not make the peer a member */
  async #readGrants(
    connection: Connection,
    bytes: ByteStream<Stream>,
    message: GrantsMessage,
    signal: AbortSignal,
  ): Promise<boolean> {
    const exchange = this.#options?.grants
    if (!exchange) return true
    const grants = await exchange.read(bytes, message, signal)
    if (!grants) return false
    const isAccepted = await exchange.accepts(connection.remotePeer.toString(), grants)
    if (isAccepted) this.#shown.set(connection, grants)
    else await exchange.sendRevocation(connection, grants)
    return isAccepted
  }

  #admit(connection: Connection, keyId: string): void {
    if (this.#refused.has(connection)) return
    const isNew = !this.#admitted.has(connection)
    this.#admitted.set(connection, keyId)
    this.#endProving(connection)
    // Must run before the streams that wait for the admission are handled.
    if (isNew) this.#options?.admitted(connection)
    this.#settle(connection, true)
    // The key may have been removed during the handshake.
    const { keys } = this.#options ?? {}
    if (keys && !keys().some(({ id }) => id === keyId)) this.#requireProof(connection)
  }

  /** The connection was admitted by a key that was removed: it must prove another one. */
  #requireProof(connection: Connection): void {
    if (this.#proving.has(connection)) return
    const ended = new AbortController()
    const endDeadline = startPeerDeadline(timeoutMs, () => this.#expel(connection))
    this.#proving.set(connection, () => {
      endDeadline()
      ended.abort()
    })
    void this.#proveAgain(connection, ended.signal)
  }

  async #proveAgain(connection: Connection, signal: AbortSignal): Promise<void> {
    for (const key of this.#options?.keys() ?? [])
      if (signal.aborted || (await this.#prove(connection, key, signal)) === 'admitted') return
  }

  /** The peer has none of the remaining keys. */
  #expel(connection: Connection): void {
    this.#endProving(connection)
    this.#admitted.delete(connection)
    this.#refused.add(connection)
    this.#options?.refused(connection, 'removed-key')
    connection.abort(new Error('its key was removed from the cluster'))
  }

  #endProving(connection: Connection): void {
    this.#proving.get(connection)?.()
    this.#proving.delete(connection)
  }

  #closed(connection: Connection): void {
    // A peer that has no further key closes the connection itself.
    if (this.#pending.has(connection) && this.#wrongProofs.has(connection)) {
      this.#refuse(connection, 'wrong-proof')
      return
    }
    this.#endProving(connection)
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

/** The greatest number of bytes that an honest peer sends before it waits. */
const maxBytes = ({ grants }: AdmissionGateOptions): number => requestBytes + (grants?.maxBytes ?? 0)

/** Proves that a key was removed from the cluster, to a peer that proves that it knows this key. */
function removedAnswer(
  options: AdmissionGateOptions,
  connection: Connection,
  challenge: Uint8Array,
  request: Uint8Array,
): Uint8Array | undefined {
  const answers = (options.removedKeys?.all() ?? []).map(key =>
    admissionAnswer(sessionOf(options, connection, key, 'responder', challenge), request, { relay: false }),
  )
  return answers.find(answer => answer !== undefined)
}

const newNonce = () => crypto.getRandomValues(new Uint8Array(nonceBytes))

/** @param role the role of this member */
function sessionOf(
  { components, cluster }: AdmissionGateOptions,
  { remotePeer }: Connection,
  key: Uint8Array,
  role: 'initiator' | 'responder',
  challenge: Uint8Array,
): AdmissionSession {
  const [self, peer] = [components.peerId.toString(), remotePeer.toString()]
  const ends =
    role === 'initiator' ? { initiator: self, responder: peer } : { initiator: peer, responder: self }
  return { key, cluster, ...ends, challenge }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
