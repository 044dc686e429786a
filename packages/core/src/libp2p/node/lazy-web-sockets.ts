/**
 * Lazy WebSockets: dials WebSocket addresses with a transport that is loaded at the first dial.
 *
 * Loading Node's http modules and their dependencies takes a quarter of the CPU time of a start, and most members never dial
 * a WebSocket. This transport does not listen: a member that listens on WebSockets loads the full transport.
 */
import type { LookupFunction } from 'node:net'
import { type Transport, transportSymbol } from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'

export function lazyWebSockets(lookup: LookupFunction): (components: WebSocketsComponents) => Transport {
  return components => {
    let loading: Promise<Transport> | undefined
    return {
      [transportSymbol]: true,
      [Symbol.toStringTag]: '@hearsay/lazy-web-sockets',
      dialFilter: addresses => addresses.filter(isWebSocket),
      listenFilter: () => [],
      createListener() {
        throw new Error('lazy WebSockets do not listen')
      },
      async dial(address, options) {
        loading ??= import('./web-sockets.ts').then(({ nodeWebSockets }) =>
          nodeWebSockets(lookup)(components),
        )
        return await (await loading).dial(address, options)
      },
    }
  }
}

/** Whether the address itself is a WebSocket, and not only the relay before it. */
function isWebSocket(address: Multiaddr): boolean {
  const names = address.getComponents().map(({ name }) => name)
  return ['ws', 'wss'].some(name => names.includes(name)) && !names.includes('p2p-circuit')
}
