/**
 * Cable: what connects this process to others, and can be pulled and plugged in.
 *
 * While it is pulled nothing arrives, nothing goes out, and nobody is told: connections are neither closed nor refused.
 * As with a real one, what was said meanwhile goes out when it is plugged in again.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

const sockets = new Set<Socket>()
let isCut = false

/** To be called before the first socket is made. */
export function followSockets(): void {
  for (const channel of ['net.client.socket', 'net.server.socket'])
    subscribe(channel, message => {
      const { socket } = message as { socket: Socket }
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      if (isCut) pauseSocket(socket)
    })
}

export function cut(): void {
  isCut = true
  for (const socket of sockets) pauseSocket(socket)
}

export function restore(): void {
  if (!isCut) return
  isCut = false
  for (const socket of sockets) {
    socket.uncork()
    socket.resume()
  }
}

function pauseSocket(socket: Socket): void {
  socket.cork()
  socket.pause()
}
