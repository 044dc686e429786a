/**
 * WebSockets in Node: dialled with the package that libp2p's server uses, not with what Node has built in, which neither
 * lets go of a socket whose other end is mute nor asks a resolver of ours.
 */
import type { LookupFunction } from 'node:net'
import type { Transport } from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'
import { WebSocket as NodeWebSocket } from 'ws'
import { closingWebSockets } from '../web-socket-cleanup.ts'

/** A round trip for the goodbyes of both ends; a process that ends waits for no longer. */
const closeTimeoutMs = 150
/** Of a connection that was reset; no WebSocket may send it, and libp2p closes with it. */
const abnormalClosure = 1006

export function nodeWebSockets(lookup: LookupFunction): (components: WebSocketsComponents) => Transport {
  return closingWebSockets(uri => {
    // What passes is encrypted: nothing to compress.
    const options = { lookup, closeTimeout: closeTimeoutMs, perMessageDeflate: false }
    const socket = new NodeWebSocket(uri, options)
    const destroy = () => socket.terminate()
    // After it was let go of; nobody listens any more.
    socket.on('error', () => {})
    const close = socket.close.bind(socket)
    socket.close = code => (code === abnormalClosure ? destroy() : close(code))
    return { socket: socket as unknown as WebSocket, destroy }
  })
}
