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
  /** Whether the other end ended the attempt after it had the proof. False: it accepted the proof, or the time was over. */
  readonly isRefused: boolean
  /** What was sent; undefined: the other end sent no challenge. */
  readonly request: Uint8Array | undefined
}

/** Proves what the credentials allow. @param self the id of this end */
export async function prove(
  connection: Connection,
  { cluster, secret }: Credentials,
  self: string,
): Promise<Proof> {
  return await attempt(connection, challenge => {
    const ends = { initiator: self, responder: connection.remotePeer.toString() }
    const key = clusterKeys(cluster, secret).admission
    const session = { key, cluster: clusterTag(cluster), ...ends, challenge }
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
    const request = admissionRequest(session, nonce)
    if (!request) return undefined
    return { request, isAccepted: answer => answeredCapabilities(session, nonce, answer) !== undefined }
  })
}

/** Sends a recorded request as the proof. Any answer counts as an admission. */
export async function replay(connection: Connection, request: Uint8Array): Promise<Proof> {
  return await attempt(connection, () => ({ request, isAccepted: () => true }))
}

interface Attempt {
  readonly request: Uint8Array
  readonly isAccepted: (answer: Uint8Array) => boolean
}

async function attempt(
  connection: Connection,
  answerTo: (challenge: Uint8Array) => Attempt | undefined,
): Promise<Proof> {
  const signal = AbortSignal.timeout(timeoutMs)
  let request: Uint8Array | undefined
  try {
    const stream = await connection.newStream(admissionProtocol, { signal, runOnLimitedConnection: true })
    const bytes = byteStream(stream)
    const attempted = answerTo((await bytes.read({ bytes: nonceBytes, signal })).subarray())
    if (!attempted) return { isAdmitted: false, isRefused: false, request }
    request = attempted.request
    stream.send(request)
    const isAdmitted = attempted.isAccepted((await bytes.read({ bytes: answerBytes, signal })).subarray())
    return { isAdmitted, isRefused: false, request }
  } catch {
    return { isAdmitted: false, isRefused: request !== undefined && !signal.aborted, request }
  }
}
