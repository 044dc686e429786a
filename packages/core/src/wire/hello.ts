/**
 * Hello: the first frame on every stream: the sender's cluster and wall clock.
 *
 * All kinds of frame reserve field 1 for the hello, so one decoder reads the first frame of any stream.
 */
import { limits } from './limits.ts'
import * as messages from './messages.ts'
import { type DecodeFailure, failed, guarded, ok, type Result } from './result.ts'
import { clusterTagBytes } from './tags.ts'

export interface Hello {
  /** The cluster tag, 16 bytes. */
  readonly cluster: Uint8Array
  readonly epochMs: number
}

export function encodeHello({ cluster, epochMs }: Hello): Uint8Array {
  return messages.HelloFrame.encode({ hello: { cluster: cluster as Uint8Array<ArrayBuffer>, epochMs } })
}

export function decodeHello(bytes: Uint8Array): Result<Hello, DecodeFailure> {
  return guarded<Hello>(bytes, limits.maxFrameBytes, () => {
    const { hello } = messages.HelloFrame.decode(bytes)
    if (!hello) return failed('invalid', 'the first frame on a stream is a hello')
    const { cluster, epochMs } = hello
    if (cluster.length !== clusterTagBytes)
      return failed('invalid', `a cluster tag has ${clusterTagBytes} bytes`)
    return ok({ cluster, epochMs })
  })
}
