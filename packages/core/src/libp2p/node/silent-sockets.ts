/**
 * Silent sockets: inbound sockets over which nothing has arrived yet. libp2p receives a socket when its first bytes arrive.
 *
 * In libp2p, the end that dialled sends first, so this does not delay an honest peer. A silent socket costs 0.1 ms and 4 kB
 * here, and would cost 0.4 ms and 16 kB more in libp2p.
 */
import type { Socket } from 'node:net'

export class SilentSockets {
  readonly #sockets = new Set<Socket>()
  readonly #received: (socket: Socket) => void

  /** @param received called with each socket whose first bytes have arrived. The socket still contains these bytes */
  constructor(received: (socket: Socket) => void) {
    this.#received = received
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
      if (socket.readableLength > 0) this.#received(socket)
      else socket.destroy()
    })
  }

  /** Destroys all sockets. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
