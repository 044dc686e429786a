/**
 * Frugal WebRTC: dials within a budget, does not wait for a handshake that hangs, and keeps nothing of past connections.
 *
 * Where networks are quick a handshake takes a fraction of a second. Now and then libp2p's misses that its first
 * channel was closed, and waits for that until the dial's time is over: the second try is begun before.
 */
import type { WebRTCComponents } from '@hearsay/webrtc'
import type { Connection, Transport } from '@libp2p/interface'
import { DialRateLimiter } from './dial-rate-limiter.ts'

/** The second try has what is left of the dial's time, for those whose networks are slow. */
const firstTryMs = 2_000

type WebRTC = (components: WebRTCComponents) => Transport
type Dial = Transport['dial']

export function boundedWebRTC(create: WebRTC): WebRTC {
  return components => {
    const budget = new DialRateLimiter(performance.now())
    const transport = create(components)
    // It would keep a listener for each connection there ever was (js-libp2p#3567); those that stand when the node
    // stops are closed by the connection manager.
    Reflect.set(transport, '_closeOnShutdown', () => {})
    const dial = transport.dial.bind(transport)
    transport.dial = withOneRetry((address, options) => {
      if (!budget.tryTake(performance.now())) throw new Error('no WebRTC dial is left for now')
      return dial(address, options)
    })
    return transport
  }
}

/** The same dial, begun anew once if it hangs. */
export function withOneRetry(dial: Dial): Dial {
  return async (address, options): Promise<Connection> => {
    const hangs = AbortSignal.timeout(firstTryMs)
    try {
      return await dial(address, { ...options, signal: AbortSignal.any([options.signal, hangs]) })
    } catch (error) {
      if (!hangs.aborted || options.signal.aborted) throw error
      return await dial(address, options)
    }
  }
}
