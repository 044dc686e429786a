/** Traffic counters: what a member sends and receives, by channel. The counters wrap the transport and its listener. */
import type { Channel, RumorVerdict, Transport, TransportListener } from '../../runtime/ports.ts'

type MeteredChannel = Channel | 'rumor'
type ByChannel = Record<MeteredChannel, number>

const none = (): ByChannel => ({ probe: 0, sync: 0, space: 0, query: 0, rumor: 0 })

export class TrafficCounters {
  readonly sentBytes: ByChannel = none()
  readonly receivedBytes: ByChannel = none()
  readonly sentMessages: ByChannel = none()
  readonly receivedMessages: ByChannel = none()
  readonly rumors: Record<RumorVerdict, number> = { accept: 0, ignore: 0, reject: 0 }
  readonly bootstrapDials: Record<'connected' | 'failed', number> = { connected: 0, failed: 0 }
  readonly #received: (from: string) => void

  /** @param received called with the peer of each message that arrives */
  constructor(received: (from: string) => void) {
    this.#received = received
  }

  /** The same transport, counted. */
  counted(transport: Transport): Transport {
    return {
      send: (to, channel, frame) => {
        this.#sent(channel, frame)
        transport.send(to, channel, frame)
      },
      publish: (rumor, space) => {
        this.#sent('rumor', rumor)
        transport.publish(rumor, space)
      },
      subscribe: space => transport.subscribe(space),
      unsubscribe: space => transport.unsubscribe(space),
      subscribers: space => transport.subscribers(space),
      dial: id => transport.dial(id),
      checkConnection: id => transport.checkConnection(id),
      dialBootstrap: address => transport.dialBootstrap(address),
      disconnect: id => transport.disconnect(id),
      refuse: (id, forMs) => transport.refuse(id, forMs),
      setAddresses: (id, addresses) => transport.setAddresses(id, addresses),
      reviewConnections: () => transport.reviewConnections(),
      networkChanged: () => transport.networkChanged(),
      withoutPubsub: () => transport.withoutPubsub(),
      clockAheadMs: id => transport.clockAheadMs?.(id) ?? 0,
    }
  }

  /** The same listener, counted. */
  listening(listener: TransportListener): TransportListener {
    return {
      connectionChanged: (id, state, isOurs) => listener.connectionChanged(id, state, isOurs),
      bootstrapConnected: (address, id) => {
        this.bootstrapDials.connected += 1
        listener.bootstrapConnected(address, id)
      },
      bootstrapFailed: address => {
        this.bootstrapDials.failed += 1
        listener.bootstrapFailed(address)
      },
      frame: (from, channel, bytes) => {
        this.#arrived(from, channel, bytes)
        return listener.frame(from, channel, bytes)
      },
      rumor: (from, bytes, space) => {
        this.#arrived(from, 'rumor', bytes)
        const verdict = listener.rumor(from, bytes, space)
        if (!(verdict instanceof Promise)) return this.#counted(verdict)
        return verdict.then(later => this.#counted(later))
      },
    }
  }

  #sent(channel: MeteredChannel, bytes: Uint8Array): void {
    this.sentBytes[channel] += bytes.length
    this.sentMessages[channel] += 1
  }

  #arrived(from: string, channel: MeteredChannel, bytes: Uint8Array): void {
    this.receivedBytes[channel] += bytes.length
    this.receivedMessages[channel] += 1
    this.#received(from)
  }

  #counted(verdict: RumorVerdict): RumorVerdict {
    this.rumors[verdict] += 1
    return verdict
  }
}
