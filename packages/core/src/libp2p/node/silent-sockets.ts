/**
 * Silent sockets: inbound sockets over which nothing has arrived yet. libp2p receives a socket when its first bytes arrive.
 *
 * In libp2p, the end that dialled sends first. So an honest peer is not delayed, and a socket that stays silent costs little:
 * libp2p's work for a new socket takes ten times as long as the accept.
 */
import type { Socket } from 'node:net'

export class SilentSockets {
  readonly #sockets = new Set<Socket>()
  readonly #speaks: (socket: Socket) => void

  /** @param speaks receives each socket whose first bytes have arrived. The socket still contains these bytes */
  constructor(speaks: (socket: Socket) => void) {
    this.#speaks = speaks
  }

  /** A socket was accepted. */
  add(socket: Socket): void {
    this.#sockets.add(socket)
    // Without a listener, an error would end the process.
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
    // Also emitted when the other end closes the socket.
    socket.once('readable', () => {
      this.#sockets.delete(socket)
      if (socket.readableLength > 0) this.#speaks(socket)
      else socket.destroy()
    })
  }

  /** Destroys all sockets. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
