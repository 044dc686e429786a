/**
 * Closed WebRTC: closes a WebRTC connection as soon as its other end has closed it.
 *
 * The browser reports the end of the encrypted transport (DTLS) within milliseconds. libp2p waits until the connection has
 * failed, which takes 15 s in Chromium.
 */
import type { Connection, Libp2pEvents, TypedEventTarget } from '@libp2p/interface'

export function closeWithPeers(events: TypedEventTarget<Libp2pEvents>): void {
  events.addEventListener('connection:open', ({ detail: connection }) => {
    const transport = dtlsTransport(connection)
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed') connection.abort(new Error('the other end closed the connection'))
    })
  })
}

/** The type of libp2p's connections lacks these properties. */
interface WebRTCConnection {
  readonly maConn?: { readonly peerConnection?: RTCPeerConnection }
}

function dtlsTransport(connection: Connection & WebRTCConnection): RTCDtlsTransport | undefined {
  return connection.maConn?.peerConnection?.sctp?.transport
}
