/**
 * Dialler: opens connections to members at the addresses in their records.
 *
 * The dialler remembers which connections it dialled: on a node of the app, hearsay closes only these
 * connections. It also remembers the host of each member's last connection, because a refusal by that host is
 * evidence.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import type { AddressManager, ConnectionManager } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { setMaxListeners } from 'main-event'
import { dialSteps, hostOf } from './dial-addresses.ts'
import { dialOutcome } from './dial-outcome.ts'

export interface DiallerComponents {
  readonly connectionManager: ConnectionManager
  readonly addressManager: AddressManager
}

const dialTimeoutMs = 5_000
/** Timeout for the addresses of one step if another step follows. */
const stepTimeoutMs = 2_500
/**
 * The timeout for a bootstrap address is longer, because a bootstrap member may be busy while a whole cluster
 * starts.
 */
const bootstrapTimeoutMs = 10_000

export class Dialler {
  readonly #components: DiallerComponents
  readonly #ownsNode: boolean
  readonly #isAdmitted: (connection: Connection) => boolean
  readonly #addresses = new Map<string, Multiaddr[]>()
  readonly #dialled = new Set<string>()
  readonly #lastHost = new Map<string, string>()
  /** Bootstrap addresses that are being dialled. */
  readonly #bootstraps = new Map<string, Promise<Connection>>()
  /** Aborts all running dials. */
  #dials = controllerOfMany()

  /** @param ownsNode the node was created for hearsay alone, so hearsay owns all its connections */
  constructor(
    components: DiallerComponents,
    ownsNode: boolean,
    isAdmitted: (connection: Connection) => boolean,
  ) {
    this.#components = components
    this.#ownsNode = ownsNode
    this.#isAdmitted = isAdmitted
  }

  /** Aborts all running dials, which then fail. */
  abortDials(): void {
    this.#dials.abort()
    this.#bootstraps.clear()
    this.#dials = controllerOfMany()
  }

  /** Sets the addresses at which a member can be dialled; an empty list removes the member. */
  setAddresses(id: string, addresses: readonly Uint8Array[]): void {
    if (addresses.length > 0) this.#addresses.set(id, addresses.flatMap(readableAddress))
    else {
      this.#addresses.delete(id)
      this.#lastHost.delete(id)
    }
  }

  /**
   * Returns the newest admitted connection, or opens one, which is not admitted yet. As soon as the member's host refuses a dial, rejects
   * with an error for `dialOutcome`. The remaining addresses are inconclusive, but are still dialled in the
   * background.
   */
  async connect(id: string): Promise<Connection> {
    const current = this.current(id)
    if (current) return current
    const signal = this.#signal(dialTimeoutMs)
    const addresses = this.#addresses.get(id) ?? []
    if (addresses.length === 0) return this.#open(id, peerIdFromString(id), signal)
    const own = this.#components.addressManager.getAddresses()
    const steps = dialSteps(addresses, own, this.#lastHost.get(id))
    const errors: unknown[] = []
    for (const [at, step] of steps.entries()) {
      const isLast = at === steps.length - 1
      try {
        return await this.#open(id, [...step.addresses], isLast ? signal : within(stepTimeoutMs, signal))
      } catch (error) {
        if (step.counts) errors.push(error)
      }
      if (isLast || dialOutcome(new AggregateError(errors)) !== 'refused') continue
      const rest = steps.slice(at + 1).flatMap(({ addresses }) => addresses)
      this.#open(id, rest, signal).catch(() => {})
      break
    }
    throw new AggregateError(errors)
  }

  /** Dials a bootstrap address, at most once at a time. @returns a connection, which may not be admitted yet */
  connectTo(address: string): Promise<Connection> {
    const pending = this.#bootstraps.get(address)
    if (pending) return pending
    const dial = this.#connectTo(address).finally(() => {
      if (this.#bootstraps.get(address) === dial) this.#bootstraps.delete(address)
    })
    this.#bootstraps.set(address, dial)
    return dial
  }

  async #connectTo(address: string): Promise<Connection> {
    const { connectionManager } = this.#components
    const signal = this.#signal(bootstrapTimeoutMs)
    // Check before dialling: a dial that cannot succeed would also fail another dial to the same peer that
    // could succeed.
    if (!(await connectionManager.isDialable(multiaddr(address), { signal })))
      throw new Error(`no transport of this node can dial ${address}`)
    const connection = await connectionManager.openConnection(multiaddr(address), { signal })
    this.#dialled.add(connection.remotePeer.toString())
    return connection
  }

  #signal(timeoutMs: number): AbortSignal {
    return AbortSignal.any([this.#dials.signal, AbortSignal.timeout(timeoutMs)])
  }

  connected({ remotePeer, remoteAddr }: Connection): void {
    const host = hostOf(remoteAddr)
    if (host !== undefined) this.#lastHost.set(remotePeer.toString(), host)
  }

  disconnected(id: string): void {
    this.#dialled.delete(id)
  }

  /** Whether this member may close the connection when it does not need it any more. */
  isOurs({ remotePeer, direction }: Connection): boolean {
    return direction === 'outbound' && (this.#ownsNode || this.#dialled.has(remotePeer.toString()))
  }

  disconnect(id: string): void {
    for (const connection of this.#direct(id)) connection.close().catch(error => connection.abort(error))
  }

  /** The newest admitted connection: the other end may have lost any older one. */
  current(id: string): Connection | undefined {
    return this.connections(id).findLast(({ status }) => status === 'open')
  }

  /** The admitted connections to a member, except those through a relay. */
  connections(id: string): Connection[] {
    return this.#direct(id).filter(this.#isAdmitted)
  }

  /** The connections to a peer, except those through a relay, which serve introductions only. */
  #direct(id: string): Connection[] {
    const all = this.#components.connectionManager.getConnections(peerIdFromString(id))
    return all.filter(({ limits }) => limits === undefined)
  }

  async #open(id: string, to: PeerId | Multiaddr[], signal: AbortSignal): Promise<Connection> {
    this.#dialled.add(id)
    try {
      return await this.#components.connectionManager.openConnection(to, { signal })
    } catch (error) {
      this.#dialled.delete(id)
      throw error
    }
  }
}

/** A controller whose signal accepts a listener for each dial. */
function controllerOfMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal)
  return controller
}

const within = (ms: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)])

function readableAddress(bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}
