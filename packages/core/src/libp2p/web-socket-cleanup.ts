/**
 * Closing WebSockets: libp2p's, but a dial that ends without a connection leaves no socket behind.
 *
 * libp2p forgets the socket of a dial whose time is over, and of one whose other end does not speak libp2p: each try left
 * one more, open for minutes, and with it the process.
 */
import type { Connection, Transport } from '@libp2p/interface'
import { type WebSocketsComponents, webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'

export interface DialledSocket {
  readonly socket: WebSocket
  /** Lets go of it at once, whatever the other end does. */
  destroy(): void
}

type Dial = Transport['dial']

/** @param open begins to connect */
export function closingWebSockets(
  open: (uri: string) => DialledSocket,
): (components: WebSocketsComponents) => Transport {
  return components => {
    const transport = webSockets()(components)
    // What libp2p has for it itself; where it gets the same signal as the dial.
    Reflect.set(transport, '_connect', (address: Multiaddr, { signal }: { signal: AbortSignal }) =>
      connect(open(multiaddrToUri(address)), signal),
    )
    transport.dial = endingWithItsFailure(transport.dial.bind(transport))
    return transport
  }
}

/** The signal of a dial that failed is aborted: whatever hangs on it lets go. */
function endingWithItsFailure(dial: Dial): Dial {
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

/** Resolves when the socket is open. From then on it is let go of when the signal is aborted. */
function connect({ socket, destroy }: DialledSocket, signal: AbortSignal): Promise<WebSocket> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      destroy()
      reject(new Error('the dial was given up'))
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    socket.addEventListener('open', () => resolve(socket), { once: true })
    // In browsers an event that keeps its reason from scripts.
    socket.addEventListener('error', event => reject('error' in event ? event.error : event), { once: true })
  })
}
