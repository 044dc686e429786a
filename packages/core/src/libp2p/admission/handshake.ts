/**
 * Handshake: how the two ends of a connection prove to each other that they are in one cluster.
 *
 * Each attempt has a stream of its own (wire/admission.ts). In a cluster with an authority, each end also shows its grants.
 * The handshake stores nothing about connections: the gate decides what follows from the outcome.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { type ByteStream, byteStream } from '@libp2p/utils'
import { concat } from 'uint8arrays/concat'
import {
  type AdmissionSession,
  admissionAnswer,
  admissionRequest,
  answerBytes,
  answeredCapabilities,
  nonceBytes,
  requestBytes,
} from '../../wire/admission.ts'
import { asError } from '../../wire/result.ts'
import type { GrantExchange, GrantsMessage } from './grant-exchange.ts'
import type { RefusalReason } from './refusals.ts'

/** A node that handles this protocol is a relay. */
const relayProtocol = '/libp2p/circuit/relay/0.2.0/hop'

export const admissionProtocol = '/hearsay/admission/1.0.0'

/** Our choice: several round trips of a slow network, and as long as libp2p gives identify. */
export const handshakeTimeoutMs = 5_000

export interface HandshakeOptions {
  readonly components: {
    readonly peerId: { toString(): string }
    readonly registrar: { getProtocols(): string[] }
  }
  /** The admission keys, 1 to 4. The first one is the primary key. The keys may change: see `AdmissionGate.keysChanged`. */
  readonly keys: () => readonly AdmissionKey[]
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** In a cluster with an authority. */
  readonly grants?: GrantExchange | undefined
  /** In a cluster whose keys may change. */
  readonly removedKeys?: RemovedKeys | undefined
}

export interface AdmissionKey {
  /** Identifies the key in this process. */
  readonly id: string
  readonly key: Uint8Array
}

/**
 * How two ends prove to each other that they know a removed key. Such a proof admits nobody, and only members and programs
 * that have the removed key can make it.
 */
export interface RemovedKeys {
  /**
   * Whether a peer that accepts none of these keys proves that the primary one was removed.
   *
   * @param prove both ends prove this key: resolves with an object if they did
   */
  ask(own: readonly AdmissionKey[], prove: (key: Uint8Array) => Promise<unknown>): Promise<boolean>
  /** The answer to a request that proves one of the removed keys; undefined: it proves none. */
  answer(session: Omit<AdmissionSession, 'key'>, request: Uint8Array): Uint8Array | undefined
}

/** What the other end proved and showed. */
interface PeerProof {
  /** The grants that make the peer a member, in a cluster with an authority. */
  readonly grants: Uint8Array | undefined
}

export class Handshake {
  readonly #options: HandshakeOptions

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /**
   * Opens a stream and proves a key.
   *
   * @param options `withGrants`: in a cluster with an authority, both ends show their grants. False: the key is a removed one
   * @returns what the peer proved, or why one of the two proofs failed
   */
  async initiate(
    connection: Connection,
    key: Uint8Array,
    signal: AbortSignal,
    { withGrants }: { readonly withGrants: boolean } = { withGrants: true },
  ): Promise<(PeerProof & { readonly isRelay: boolean }) | 'interrupted' | RefusalReason> {
    const options = this.#options
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
      const shown = withGrants && options.grants?.shown({ session, direction: 'request', nonce })
      stream.send(shown ? concat([request, shown]) : request)
      hasProved = true
      const answer = (await bytes.read({ bytes: answerBytes, signal })).subarray()
      const peer = answeredCapabilities(session, nonce, answer)
      const message = { session, direction: 'answer', nonce } as const
      const proof = peer && withGrants ? await this.#readGrants(connection, bytes, message, signal) : noGrants
      stream.close().catch(() => {})
      if (!peer) return 'wrong-proof'
      return proof ? { ...proof, isRelay: peer.relay } : 'no-grants'
    } catch (error) {
      stream?.abort(asError(error))
      if (isNamed(error, 'UnsupportedProtocolError')) return 'unsupported'
      return hasProved ? 'not-accepted' : 'interrupted'
    }
  }

  /**
   * Answers an attempt of the other end.
   *
   * @param proved called when the answer is sent, before anything else of the peer is handled
   * @returns `proved`, or why the peer is not admitted
   */
  async respond(
    stream: Stream,
    connection: Connection,
    proved: (proof: PeerProof & { readonly keyId: string }) => void,
  ): Promise<'proved' | RefusalReason> {
    const options = this.#options
    const signal = AbortSignal.timeout(handshakeTimeoutMs)
    let outcome: 'proved' | RefusalReason = 'no-proof'
    try {
      const relay = options.components.registrar.getProtocols().includes(relayProtocol)
      const challenge = newNonce()
      const bytes = byteStream(stream, { maxBufferSize: maxBytes(options) })
      stream.send(challenge)
      const request = (await bytes.read({ bytes: requestBytes, signal })).subarray()
      outcome = 'wrong-proof'
      const nonce = request.subarray(0, nonceBytes)
      for (const { id, key } of options.keys()) {
        const session = sessionOf(options, connection, key, 'responder', challenge)
        const answer = admissionAnswer(session, request, { relay })
        if (!answer) continue
        outcome = 'no-grants'
        const message = { session, direction: 'request', nonce } as const
        const proof = await this.#readGrants(connection, bytes, message, signal)
        if (!proof) break
        const shown = options.grants?.shown({ session, direction: 'answer', nonce })
        stream.send(shown ? concat([answer, shown]) : answer)
        outcome = 'proved'
        proved({ ...proof, keyId: id })
        break
      }
      const session = sessionOf(options, connection, challenge, 'responder', challenge)
      const answer = outcome === 'wrong-proof' && options.removedKeys?.answer(session, request)
      if (answer) {
        outcome = 'removed-key'
        stream.send(answer)
      }
      // All other peers that are refused receive this one answer.
      const closed = stream.close().catch(() => {})
      if (answer) await closed
    } catch (error) {
      stream.abort(asError(error))
    }
    return outcome
  }

  /** Reads the grants of the peer. @returns undefined: they do not make the peer a member */
  async #readGrants(
    connection: Connection,
    bytes: ByteStream<Stream>,
    message: GrantsMessage,
    signal: AbortSignal,
  ): Promise<PeerProof | undefined> {
    const exchange = this.#options.grants
    if (!exchange) return { grants: undefined }
    const grants = await exchange.read(bytes, message, signal)
    if (!grants) return undefined
    if (await exchange.accepts(connection.remotePeer.toString(), grants)) return { grants }
    await exchange.sendRevocation(connection, grants)
    return undefined
  }
}

const noGrants: PeerProof = { grants: undefined }

/** The greatest number of bytes that an honest peer sends before it waits. */
const maxBytes = ({ grants }: HandshakeOptions): number => requestBytes + (grants?.maxBytes ?? 0)

const newNonce = () => crypto.getRandomValues(new Uint8Array(nonceBytes))

/** @param role the role of this member */
function sessionOf(
  { components, cluster }: HandshakeOptions,
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
