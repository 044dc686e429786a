/** Recording Noise: libp2p's Noise, which reports all received bytes, after decryption. Runs in Node and in pages. */
import type { ConnectionEncrypter, PeerId, SecuredConnection } from '@libp2p/interface'
import { type NoiseComponents, noise } from '@libp2p/noise'

export function recordingNoise(
  received: (bytes: Uint8Array, from: PeerId) => unknown,
): (components: NoiseComponents) => ConnectionEncrypter {
  const record = <T>(secured: SecuredConnection<T>): SecuredConnection<T> => {
    secured.connection.addEventListener('message', ({ data }) =>
      received(data.subarray().slice(), secured.remotePeer),
    )
    return secured
  }
  return components => {
    const inner = noise()(components)
    return {
      protocol: inner.protocol,
      secureInbound: async (...given) => record(await inner.secureInbound(...given)),
      secureOutbound: async (...given) => record(await inner.secureOutbound(...given)),
    }
  }
}
