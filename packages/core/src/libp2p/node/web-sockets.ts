/**
 * WebSockets in Node: dialled with the package that libp2p's server uses. Node's built-in WebSocket cannot close a socket
 * whose other end does not answer, and cannot use the DNS lookup of hearsay.
 */
import type { LookupFunction } from 'node:net'
import type { Transport } from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'
import { WebSocket as NodeWebSocket } from 'ws'
import { closingWebSockets } from '../web-socket-cleanup.ts'

/**
 * How long a closing socket waits for the other end's close frame. A closing socket delays the end of a process by at most this
 * time.
 */
const closeTimeoutMs = 150
/** The close code of a connection that was reset. The standard forbids sending this code, but libp2p closes with it. */
const abnormalClosure = 1006

export function nodeWebSockets(lookup: LookupFunction): (components: WebSocketsComponents) => Transport {
  return closingWebSockets(uri => {
    // The data is encrypted and cannot be compressed.
    const options = { lookup, closeTimeout: closeTimeoutMs, perMessageDeflate: false }
    const socket = new NodeWebSocket(uri, options)
    const destroy = () => socket.terminate()
    // Errors after the socket was closed have no other listener.
    socket.on('error', () => {})
    const close = socket.close.bind(socket)
    socket.close = code => (code === abnormalClosure ? destroy() : close(code))
    return { socket: socket as unknown as WebSocket, destroy }
  })
}
