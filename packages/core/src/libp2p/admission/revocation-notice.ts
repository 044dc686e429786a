/**
 * Revocation notice: the revocation of a peer's grants, sent to this peer over a connection that is not admitted.
 *
 * The peer was away when its grants were revoked, so it does not know of the revocation. The fact is signed, so the peer
 * can trust the notice regardless of its sender. Besides the handshake, the notice is the only message of hearsay on a
 * connection that is not admitted.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { byteStream } from '@libp2p/utils'
import { concat } from 'uint8arrays/concat'
import { decodeRumors, encodeRumors } from '../../wire/codec.ts'
import type { PolicyFact } from '../../wire/fact.ts'
import * as limits from '../../wire/limits.ts'
import { asError } from '../../wire/result.ts'

export const revocationProtocol = '/hearsay/revocation/1.0.0'

/** The length in front of the rumor: two bytes, big-endian. */
const lengthBytes = 2
/** A fact and its envelope. */
const maxBytes: number = limits.maxPolicyBytes + 256
/** Our choice: the connection closes afterwards, so a slow peer does not hold it open for long. */
const sendMs = 1_000
const readMs = 5_000

export type RevocationFact = PolicyFact & { readonly type: 'revocation' }

/** Resolves when the notice was sent, or could not be: the peer may be of an earlier version. */
export async function sendRevocationNotice(connection: Connection, fact: PolicyFact): Promise<void> {
  const signal = AbortSignal.timeout(sendMs)
  const rumor = encodeRumors([fact])
  let stream: Stream | undefined
  try {
    stream = await connection.newStream(revocationProtocol, { signal, runOnLimitedConnection: true })
    stream.send(concat([Uint8Array.of(rumor.length >> 8, rumor.length & 0xff), rumor]))
    await stream.close({ signal })
  } catch (error) {
    stream?.abort(asError(error))
  }
}

/**
 * @param received takes a fact, whose signature is not verified, and the rumor that contains it
 * @returns a function that ends the calls
 */
export async function followRevocationNotices(
  registrar: Registrar,
  received: (from: string, fact: RevocationFact, rumor: Uint8Array) => void,
): Promise<() => void> {
  const read = async (stream: Stream, { remotePeer }: Connection): Promise<void> => {
    const signal = AbortSignal.timeout(readMs)
    try {
      const bytes = byteStream(stream, { maxBufferSize: lengthBytes + maxBytes })
      const [high = 0, low = 0] = (await bytes.read({ bytes: lengthBytes, signal })).subarray()
      const length = (high << 8) | low
      if (length === 0 || length > maxBytes) throw new Error('not the length of a revocation')
      const rumor = (await bytes.read({ bytes: length, signal })).subarray()
      stream.close().catch(() => {})
      const decoded = decodeRumors(rumor)
      const [fact, ...further] = decoded.ok ? decoded.value : []
      if (fact?.type === 'revocation' && further.length === 0) received(remotePeer.toString(), fact, rumor)
    } catch (error) {
      stream.abort(asError(error))
    }
  }
  const bounds = { maxInboundStreams: 1, maxOutboundStreams: 1, runOnLimitedConnection: true }
  await registrar.handle(revocationProtocol, read, bounds)
  return () => void registrar.unhandle(revocationProtocol).catch(() => {})
}
