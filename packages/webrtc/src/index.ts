/**
 * WebRTC between browser pages, by @libp2p/webrtc. The package does not contain that library's own types; the types below
 * are the part that an app needs.
 */
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, Transport, Upgrader } from '@libp2p/interface'
import type { ConnectionManager, Registrar, TransportManager } from '@libp2p/interface-internal'
import { webRTC as create } from '@libp2p/webrtc'
import type { TypedEventTarget } from 'main-event'

/** Options of the transport. */
export interface WebRTCInit {
  /** Passed to `RTCPeerConnection`. @default libp2p's list of public STUN servers */
  rtcConfiguration?: { iceServers?: { urls: string | string[]; username?: string; credential?: string }[] }
}

/** The libp2p components that the transport uses. `createLibp2p` passes them. */
export interface WebRTCComponents {
  /** The peer's own id. */
  peerId: PeerId
  /** Registers the protocol over which two browsers exchange their session descriptions. */
  registrar: Registrar
  /** Secures the connections and negotiates their streams. */
  upgrader: Upgrader
  /** Opens the connection to the relay that introduces two browsers to each other. */
  transportManager: TransportManager
  /** Holds the connections to relays. */
  connectionManager: ConnectionManager
  /** Counts events, if the app measures them. */
  metrics?: Metrics
  /** Creates the transport's loggers. */
  logger: ComponentLogger
  /** libp2p's events. */
  events: TypedEventTarget<Libp2pEvents>
}

/** Creates a transport for `createLibp2p`. In Node, which has no `RTCPeerConnection`, the transport throws when it dials. */
export const webRTC: (init?: WebRTCInit) => (components: WebRTCComponents) => Transport = create
