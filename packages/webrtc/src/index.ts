/**
 * WebRTC between pages, as @libp2p/webrtc has it for browsers. Its own types are not in this package; these are the
 * part of them that an app needs.
 */
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, Transport, Upgrader } from '@libp2p/interface'
import type { ConnectionManager, Registrar, TransportManager } from '@libp2p/interface-internal'
import { webRTC as create } from '@libp2p/webrtc'
import type { TypedEventTarget } from 'main-event'

export interface WebRTCInit {
  /** As for `RTCPeerConnection`. @default libp2p's list of public STUN servers */
  rtcConfiguration?: { iceServers?: { urls: string | string[]; username?: string; credential?: string }[] }
}

export interface WebRTCComponents {
  peerId: PeerId
  registrar: Registrar
  upgrader: Upgrader
  transportManager: TransportManager
  connectionManager: ConnectionManager
  metrics?: Metrics
  logger: ComponentLogger
  events: TypedEventTarget<Libp2pEvents>
}

/** A transport for `createLibp2p`. Throws in Node, which has no `RTCPeerConnection`, when it dials. */
export const webRTC: (init?: WebRTCInit) => (components: WebRTCComponents) => Transport = create
