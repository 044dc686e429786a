/**
 * WebSocket cleanup: libp2p's WebSocket transport, whose failed dials leave no socket open.
 *
 * libp2p does not close the socket of a dial that times out, or whose other end does not use libp2p. Without this cleanup
 * each attempt leaves a socket open for minutes, which keeps the process alive.
 */
import type { Connection, Transport } from '@libp2p/interface'
import { type WebSocketsComponents, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'

export interface DialledSocket {
  readonly socket: WebSocket
  /** Closes the socket immediately, without waiting for the other end. */
  destroy(): void
}

type Dial = Transport['dial']

/** The transport. @param open begins to connect */
export function closingWebSockets(
  open: (uri: string) => DialledSocket,
): (components: WebSocketsComponents) => Transport {
  return components => {
    const transport = webSockets()(components)
    // Replaces libp2p's own method; it receives the signal of the dial.
    Reflect.set(transport, '_connect', (address: Multiaddr, { signal }: { signal: AbortSignal }) =>
      connect(open(multiaddrToUri(address)), signal),
    )
    transport.dial = abortOnFailure(transport.dial.bind(transport))
    return transport
  }
}

/** Aborts the signal of a failed dial, so that everything that depends on the signal is closed. */
function abortOnFailure(dial: Dial): Dial {
  return async (address, options): Promise<Connection> => {
    const failure = new AbortController()
    const signal = AbortSignal.any([options.signal, failure.signal])
    try {
      return await dial(address, { ...options, signal })
    } catch (error) {
      failure.abort()
      throw error
    }
  }
}

/** Resolves when the socket is open. If the signal is aborted, the socket is destroyed at once, even if it is open. */
function connect({ socket, destroy }: DialledSocket, signal: AbortSignal): Promise<WebSocket> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      destroy()
      reject(new Error('the dial was aborted'))
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    socket.addEventListener('open', () => resolve(socket), { once: true })
    // In browsers the event hides the reason from scripts.
    socket.addEventListener('error', event => reject('error' in event ? event.error : event), { once: true })
  })
}
