/**
 * Lazy WebSockets: dials WebSocket addresses with a transport that is loaded with the first dial.
 *
 * Node's http modules and what they bring along are a quarter of the processor time of a start, and most members never
 * dial a WebSocket. It does not listen: a member that listens on WebSockets loads the transport itself.
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

/** The connection to this address itself is a WebSocket, and not only the one to a relay before it. */
function isWebSocket(address: Multiaddr): boolean {
  const names = address.getComponents().map(({ name }) => name)
  return ['ws', 'wss'].some(name => names.includes(name)) && !names.includes('p2p-circuit')
}
