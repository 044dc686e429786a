/**
 * Inbound sockets: the listeners of a node that was created for one member, with bounds for sockets that are not admitted.
 *
 * The bounds apply before libp2p receives a socket. Each silent connection counts for 10 s towards libp2p's own bound. When
 * this bound is reached, libp2p refuses the new connections of all peers. A socket has three stages: it is silent, then its
 * handshake runs, then its peer is admitted.
 */
import { type ListenOptions, Server, type Socket } from 'node:net'
import type { Connection, Libp2pEvents, Listener, Transport, TypedEventTarget } from '@libp2p/interface'
import { ipPortToMultiaddr } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { AdmissionGate } from '../admission/admission-gate.ts'
import { startPeerDeadline } from '../peer-deadline.ts'
import { SilentSockets } from './silent-sockets.ts'
import { UnadmittedSockets } from './unadmitted-sockets.ts'

/**
 * Our choice: these sockets cost at most 8 MB. A peer sends its first bytes as soon as it is connected, and a busy member reads
 * them within 250 ms. A peer that is busy itself has longer: a flood of 1,000 sockets a second replaces each after 1 s.
 */
const silentBounds = { perAddress: 1_024, inAll: 2_048, minMs: 250 }
/**
 * Our choice: 256 members of one host, and four such hosts, may join at the same time, which takes about 40 MB. Most
 * handshakes take far less than 2 s, even if the peer is on another continent.
 */
const handshakeBounds = { perAddress: 256, inAll: 1_024, minMs: 2_000 }
/** Our choice: libp2p's time for a handshake, and the time of the admission after it. */
const deadlineMs = 15_000
/**
 * How many sockets wait until this member accepts them. Our choice: as many as Linux allows by default. A burst of connections
 * fills a queue of 511, Node's default. Then the kernel drops the request of an honest peer too, and the peer's kernel repeats
 * the request only after 1 s, 3 s and 7 s.
 */
const backlog = 4_096

export class InboundSockets {
  readonly #silent = new UnadmittedSockets(silentBounds)
  readonly #handshakes = new UnadmittedSockets(handshakeBounds)
  /** Ends the deadline of a socket, by address and port. */
  readonly #ends = new Map<string, () => void>()

  /** The number of sockets that were closed before the other end was admitted, because of a bound. */
  get dropped(): number {
    return this.#silent.dropped + this.#handshakes.dropped
  }

  /** The transport, whose listeners have the bounds. @param prepare prepares each listener further */
  bounded<C>(
    create: (components: C) => Transport,
    prepare: (listener: Listener) => void = () => {},
  ): (components: C) => Transport {
    return components => {
      const transport = create(components)
      const createListener = transport.createListener.bind(transport)
      transport.createListener = options => {
        const listener = createListener(options)
        this.#bound(listener)
        prepare(listener)
        return listener
      }
      return transport
    }
  }

  /** Follows the admissions of a node. The node calls it as one of its services, so that it misses no connection. */
  follow({ events }: { readonly events: TypedEventTarget<Libp2pEvents> }, gate: AdmissionGate): object {
    events.addEventListener('connection:open', ({ detail }: CustomEvent<Connection>) => {
      if (detail.direction === 'inbound')
        void gate.whenAdmitted(detail).then(isAdmitted => {
          if (isAdmitted) this.#ends.get(keyOf(detail.remoteAddr))?.()
        })
    })
    return {}
  }

  /** Uses an internal of libp2p. If a version of libp2p renames it, there are no bounds, and a test fails. */
  #bound(listener: Listener): void {
    const server: unknown = Reflect.get(listener, 'server')
    if (!(server instanceof Server)) return
    const accept = server.listeners('connection')
    server.removeAllListeners('connection')
    const silent = new SilentSockets(socket => {
      if (this.#beginHandshake(socket)) for (const each of accept) Reflect.apply(each, server, [socket])
      else socket.destroy()
    })
    server.on('connection', (socket: Socket) => {
      if (this.#add(socket)) silent.add(socket)
      else socket.destroy()
    })
    const { listen } = server
    Reflect.set(server, 'listen', (options: ListenOptions, ...rest: unknown[]) =>
      Reflect.apply(listen, server, [{ ...options, backlog }, ...rest]),
    )
    const close = listener.close.bind(listener)
    listener.close = (...options) => {
      silent.close()
      return close(...options)
    }
  }

  #add(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined || remotePort === undefined) return false
    if (!this.#silent.add(remoteAddress, socket, performance.now())) return false
    const key = keyOf(ipPortToMultiaddr(remoteAddress, remotePort))
    const endDeadline = startPeerDeadline(deadlineMs, () => socket.destroy())
    const end = () => {
      endDeadline()
      socket.removeListener('close', end)
      this.#ends.delete(key)
      for (const sockets of [this.#silent, this.#handshakes]) sockets.remove(remoteAddress, socket)
    }
    socket.once('close', end)
    this.#ends.set(key, end)
    return true
  }

  #beginHandshake(socket: Socket): boolean {
    const { remoteAddress = '' } = socket
    this.#silent.remove(remoteAddress, socket)
    return this.#handshakes.add(remoteAddress, socket, performance.now())
  }
}

/** The first two components of an address: IP address and port. */
function keyOf(address: Multiaddr): string {
  const [host, port] = address.getComponents()
  return `${host?.value} ${port?.value}`
}
