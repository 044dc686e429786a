/**
 * Network cut: disconnects this process from the network and restores it, as if its cable were unplugged.
 *
 * While the network is cut, no packet arrives or leaves and no other process is notified: connections are neither closed
 * nor refused. As with a real cable, the data written meanwhile is sent when the network is restored.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

const sockets = new Set<Socket>()
let isCut = false

/** Call this function before the first socket is created. */
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
