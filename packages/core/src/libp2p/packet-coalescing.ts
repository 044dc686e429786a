/**
 * Packet coalescing: fewer packets for each message of a connection.
 *
 * Without coalescing, three of four packets of an idle member have two causes (ADR 6): libp2p writes each part of a message
 * to the socket separately, and yamux answers every frame with a window update. With coalescing, a message is one write.
 * A window update waits for the next frame, or until the delayed updates amount to 64 kB. 64 kB is a quarter of the
 * smallest window, so no sender ever waits for an update. The bytes on the wire are standard Noise and yamux.
 *
 * A peer that does not read gets no answers to its pings: yamux answers each one, and nothing else bounds the answers that
 * wait to be sent.
 */
import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'
import { type NoiseComponents, noise } from '@libp2p/noise'
import { Uint8ArrayList } from 'uint8arraylist'

const maxDelayedBytes = 65_536
const headerBytes = 12

/** Noise with coalesced packets. */
export function coalescingNoise(): (components: NoiseComponents) => ConnectionEncrypter {
  return components => {
    const inner = noise()(components)
    return {
      protocol: inner.protocol,
      secureInbound: async (connection, options) =>
        coalesced(await inner.secureInbound(inOneWrite(connection), options)),
      secureOutbound: async (connection, options) =>
        coalesced(await inner.secureOutbound(inOneWrite(connection), options)),
    }
  }
}

function coalesced<T>(secured: SecuredConnection<T>): SecuredConnection<T> {
  delayWindowUpdates(secured.connection)
  return secured
}

/** Joins the parts of a message: the socket writes each part separately, and each write is a packet. */
function inOneWrite(connection: MessageStream): MessageStream {
  const send = connection.send.bind(connection)
  connection.send = data => send(data.subarray())
  return connection
}

/** Delays window updates without flags, merges several of one stream into one, and drops pings that the peer does not read. */
function delayWindowUpdates(connection: MessageStream): void {
  const send = connection.send.bind(connection)
  /** Stream id → bytes by which its window grows. */
  const delayed = new Map<number, number>()
  let delayedBytes = 0

  connection.send = data => {
    // A ping or the answer to one, with type 2 in the second byte, for a peer that does not read what was sent before.
    if (connection.writableNeedsDrain && data.byteLength === headerBytes && data.subarray()[1] === 2)
      return false
    const update = windowUpdateIn(data)
    if (update) {
      delayed.set(update.streamId, (delayed.get(update.streamId) ?? 0) + update.bytes)
      delayedBytes += update.bytes
      if (delayedBytes < maxDelayedBytes) return true
    }
    if (delayed.size === 0) return send(data)
    const frames = [...delayed].map(([streamId, bytes]) => windowUpdate(streamId, bytes))
    delayed.clear()
    delayedBytes = 0
    const all = new Uint8ArrayList(...frames)
    if (!update) all.append(data)
    return send(all)
  }
}

/**
 * The stream and the size of a window update without flags; undefined: the packet is another one. The header of a window
 * update has, in this order: version (0), type (1), two bytes of flags, the stream id, and by how many bytes the window
 * grows (yamux spec, "Framing").
 */
function windowUpdateIn(data: Uint8Array | Uint8ArrayList): { streamId: number; bytes: number } | undefined {
  if (data.byteLength !== headerBytes) return undefined
  const header = data.subarray()
  if (header[0] !== 0 || header[1] !== 1 || header[2] !== 0 || header[3] !== 0) return undefined
  const view = new DataView(header.buffer, header.byteOffset)
  return { streamId: view.getUint32(4), bytes: view.getUint32(8) }
}

function windowUpdate(streamId: number, bytes: number): Uint8Array {
  const header = new Uint8Array(headerBytes)
  const view = new DataView(header.buffer)
  header[1] = 1
  view.setUint32(4, streamId)
  view.setUint32(8, bytes)
  return header
}
