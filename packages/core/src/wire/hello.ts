/**
 * Hello: the first frame on every stream: the sender's cluster and wall clock.
 *
 * All kinds of frame reserve field 1 for the hello, so one decoder reads the first frame of any stream. This decoder is
 * the generated one of probe frames, because a probe frame has no lists, which a malicious first frame could fill.
 */
import * as limits from './limits.ts'
import * as messages from './messages.ts'
import { type DecodeFailure, failed, guarded, ok, type Result } from './result.ts'
import { clusterTagBytes } from './tags.ts'

export interface Hello {
  /** The cluster tag, 16 bytes. */
  readonly cluster: Uint8Array
  readonly epochMs: number
}

export function encodeHello({ cluster, epochMs }: Hello): Uint8Array {
  return messages.ProbeFrame.encode({ hello: { cluster: cluster as Uint8Array<ArrayBuffer>, epochMs } })
}

export function decodeHello(bytes: Uint8Array): Result<Hello, DecodeFailure> {
  return guarded<Hello>(bytes, limits.maxFrameBytes, () => {
    const { hello } = messages.ProbeFrame.decode(bytes)
    return hello?.cluster.length === clusterTagBytes
      ? ok(hello)
      : failed('invalid', `a hello has a cluster tag of ${clusterTagBytes} bytes`)
  })
}
