/**
 * Socket port: a port over a socket between two Node processes, for instance a Unix socket.
 *
 * Each message is a frame: its length as a varint, then its content as `v8.serialize` writes it. A frame that is too long or
 * cannot be read closes the socket.
 */
import type { Duplex } from 'node:stream'
import { deserialize, serialize } from 'node:v8'
import { decode, encode } from 'it-length-prefixed'
import { TypedEventEmitter } from 'main-event'
import type { Port } from './channel.ts'

/** The longest document, plus the message around it. */
const maxFrameBytes = 300 * 1_048_576

type SocketEvents = { message: CustomEvent<never>; close: CustomEvent<never> }

/**
 * Makes a port of a connected socket. The process at the other end gets the rights of a view: give the socket's file the mode
 * 0600, so that only processes of its user can connect.
 */
export function socketPort(socket: Duplex): Port {
  const events = new TypedEventEmitter<SocketEvents>()
  const read = async () => {
    for await (const frame of decode(socket as AsyncIterable<Uint8Array>, { maxDataLength: maxFrameBytes }))
      events.dispatchEvent(Object.assign(new Event('message'), { data: deserialize(frame.subarray()) }))
  }
  // `close` follows each error.
  socket.on('error', () => {})
  socket.once('close', () => events.dispatchEvent(new Event('close')))
  return {
    postMessage(message) {
      if (!socket.writable) return
      for (const part of encode.single(serialize(message))) socket.write(part)
    },
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    start: () =>
      void read()
        .catch(() => {})
        .finally(() => socket.destroy()),
    close: () => void socket.end(),
  }
}
