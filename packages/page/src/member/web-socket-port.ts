/**
 * WebSocket port: a port over a WebSocket, in a page and in Node.
 *
 * Each message is a binary frame, as lib0 encodes any value. A frame that cannot be read closes the socket.
 */
import type { Port } from '@hearsay/port'

import { createDecoder, readAny } from 'lib0/decoding'
import { type Encoder, encode, writeAny } from 'lib0/encoding'

/** The common part of a WebSocket of a page and one of `ws`. */
export interface AnyWebSocket {
  binaryType: string
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(): void
  // The two kinds declare different events.
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would fit neither declaration
  addEventListener(type: 'message' | 'close', listener: (event: any) => void): void
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeEventListener(type: 'message' | 'close', listener: (event: any) => void): void
}

const open = 1

/** @param socket an open WebSocket */
export function webSocketPort(socket: AnyWebSocket): Port {
  socket.binaryType = 'arraybuffer'
  const readers = new Map<(event: Event) => void, (event: { readonly data: unknown }) => void>()
  const readerOf = (listener: (event: Event) => void) => (event: { readonly data: unknown }) => {
    const message = decodeMessage(event.data)
    if (message) listener(Object.assign(new Event('message'), { data: message.value }))
    else socket.close()
  }
  return {
    postMessage(message) {
      if (socket.readyState === open) socket.send(encodeMessage(message))
    },
    addEventListener(type, listener) {
      const reader = type === 'message' ? readerOf(listener) : () => listener(new Event('close'))
      readers.set(listener, reader)
      socket.addEventListener(type, reader)
    },
    removeEventListener(type, listener) {
      const reader = readers.get(listener)
      readers.delete(listener)
      if (reader) socket.removeEventListener(type, reader)
    },
    close: () => socket.close(),
  }
}

function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode((encoder: Encoder) => writeAny(encoder, message as never)) as Uint8Array<ArrayBuffer>
}

/** @returns undefined if the data is no frame of this port */
function decodeMessage(data: unknown): { readonly value: unknown } | undefined {
  if (!(data instanceof ArrayBuffer)) return undefined
  try {
    return { value: readAny(createDecoder(new Uint8Array(data))) }
  } catch {
    return undefined
  }
}
