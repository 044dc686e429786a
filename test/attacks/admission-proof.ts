/**
 * Admission proof: the initiator's side of the admission, with any credentials, in Node and in pages.
 *
 * Nothing throws: an end that closes the stream or the connection has not accepted the proof.
 */
import type { Connection } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { admissionProtocol } from '../../packages/core/src/libp2p/admission/handshake.ts'
import {
  admissionRequest,
  answerBytes,
  answeredCapabilities,
  nonceBytes,
} from '../../packages/core/src/wire/admission.ts'
import { clusterKeys } from '../../packages/core/src/wire/cluster-keys.ts'
import { clusterTag } from '../../packages/core/src/wire/tags.ts'

/** The name and the secret of the cluster of which the peer claims to be a member. A stranger has another secret, or none. */
export interface Credentials {
  readonly cluster: string
  readonly secret: string | undefined
}

/** A stream that takes longer failed: the other end was killed, or does not answer. */
const timeoutMs = 3_000

export interface Proof {
  readonly isAdmitted: boolean
  /** What was sent; undefined: the other end sent no challenge. */
  readonly request: Uint8Array | undefined
}

/** Proves what the credentials allow. @param self the id of this end */
export async function prove(
  connection: Connection,
  { cluster, secret }: Credentials,
  self: string,
): Promise<Proof> {
  let request: Uint8Array | undefined
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const stream = await connection.newStream(admissionProtocol, { signal, runOnLimitedConnection: true })
    const bytes = byteStream(stream)
    const challenge = (await bytes.read({ bytes: nonceBytes, signal })).subarray()
    const ends = { initiator: self, responder: connection.remotePeer.toString() }
    const key = clusterKeys(cluster, secret).admission
    const session = { key, cluster: clusterTag(cluster), ...ends, challenge }
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
    request = admissionRequest(session, nonce)
    if (!request) return { isAdmitted: false, request }
    stream.send(request)
    const answer = (await bytes.read({ bytes: answerBytes, signal })).subarray()
    return { isAdmitted: answeredCapabilities(session, nonce, answer) !== undefined, request }
  } catch {
    return { isAdmitted: false, request }
  }
}

/** Sends a recorded request as the proof. @returns whether the other end answered it */
export async function replay(connection: Connection, request: Uint8Array): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const stream = await connection.newStream(admissionProtocol, { signal, runOnLimitedConnection: true })
    const bytes = byteStream(stream)
    await bytes.read({ bytes: nonceBytes, signal })
    stream.send(request)
    return (await bytes.read({ bytes: answerBytes, signal })).length > 0
  } catch {
    return false
  }
}
