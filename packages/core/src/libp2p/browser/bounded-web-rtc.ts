/**
 * Bounded WebRTC: limits the rate of dials, retries a handshake that hangs, and releases closed connections.
 *
 * On fast networks a handshake takes a fraction of a second. Occasionally libp2p's handshake misses that its first channel
 * was closed and waits until the dial times out. Therefore a second attempt begins after 2 s.
 */
import type { WebRTCComponents } from '@hearsay/webrtc'
import type { Connection, Transport } from '@libp2p/interface'
import { closeWithPeers } from './closed-web-rtc.ts'
import { DialRateLimiter } from './dial-rate-limiter.ts'

/** Timeout of the first attempt. On slow networks, the second attempt may use all remaining time of the dial. */
const firstAttemptMs = 2_000

type WebRTC = (components: WebRTCComponents) => Transport
type Dial = Transport['dial']

export function boundedWebRTC(create: WebRTC): WebRTC {
  return components => {
    const rateLimiter = new DialRateLimiter(performance.now())
    const transport = create(components)
    closeWithPeers(components.events)
    // libp2p would keep a listener for every past connection (js-libp2p#3567). The connection manager closes the open
    // connections when the node stops.
    Reflect.set(transport, '_closeOnShutdown', () => {})
    const dial = transport.dial.bind(transport)
    transport.dial = withOneRetry((address, options) => {
      if (!rateLimiter.tryTake(performance.now())) throw new Error('too many WebRTC dials')
      return dial(address, options)
    })
    return transport
  }
}

/** The dial, repeated once if its first attempt hangs. */
export function withOneRetry(dial: Dial): Dial {
  return async (address, options): Promise<Connection> => {
    const timeout = AbortSignal.timeout(firstAttemptMs)
    try {
      return await dial(address, { ...options, signal: AbortSignal.any([options.signal, timeout]) })
    } catch (error) {
      if (!timeout.aborted || options.signal.aborted) throw error
      return await dial(address, options)
    }
  }
}
