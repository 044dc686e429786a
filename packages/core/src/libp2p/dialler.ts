/**
 * Dialler: opens connections to members at the addresses in their records.
 *
 * Any member can sign a record with the address of any host. So dial-addresses.ts decides which addresses are dialled, and
 * dial-bounds.ts how often. Only dials of the bootstrap addresses that the app passed are unbounded.
 *
 * The dialler remembers which connections it dialled: on a node of the app, hearsay closes only these
 * connections. The dialler also remembers the host of each member's last connection, because a refusal by that host is
 * evidence.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import type { AddressManager, ConnectionManager, TransportManager } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { AdmissionGate } from './admission/admission-gate.ts'
import {
  addressesOf,
  type DialSituation,
  dialSteps,
  hostOf,
  isDialable,
  withoutRelay,
} from './dial-addresses.ts'
import { DialBounds } from './dial-bounds.ts'
import { dialOutcome } from './dial-outcome.ts'
import { endpointOf } from './endpoint-backoff.ts'
import type { NamedMembers } from './platform.ts'
import { RunningDials, within } from './running-dials.ts'

export interface DiallerComponents {
  readonly connectionManager: ConnectionManager
  readonly addressManager: AddressManager
  readonly transportManager: TransportManager
}

export interface DiallerOptions {
  readonly components: DiallerComponents
  /** The node was created for hearsay alone, so hearsay owns all its connections. */
  readonly ownsNode: boolean
  readonly gate: AdmissionGate
  /** Multiaddrs that the app gave. */
  readonly bootstrap: readonly string[]
  readonly namedMembers?: NamedMembers | undefined
}

const dialTimeoutMs = 5_000
/** Timeout for the addresses of one step if another step follows. */
const stepTimeoutMs = 2_500
/** The same for another connection to a connected member: the next step must end before the suspicion of the member does. */
const againTimeoutMs = 1_000
/**
 * The timeout for a bootstrap address is longer, because a bootstrap member may be busy while a whole cluster
 * starts.
 */
const bootstrapTimeoutMs = 10_000

export class Dialler {
  readonly #components: DiallerComponents
  readonly #ownsNode: boolean
  readonly #gate: AdmissionGate
  readonly #addresses = new Map<string, Multiaddr[]>()
  readonly #dialled = new Set<string>()
  readonly #lastHost = new Map<string, string>()
  readonly #bootstraps = new RunningDials<string>()
  readonly #members = new RunningDials<Connection>()
  readonly #given: ReadonlySet<string>
  readonly #givenHosts: ReadonlySet<string>
  readonly #namedMembers: NamedMembers | undefined
  #bounds = new DialBounds()

  constructor({ components, ownsNode, gate, bootstrap, namedMembers }: DiallerOptions) {
    this.#components = components
    this.#ownsNode = ownsNode
    this.#gate = gate
    this.#namedMembers = namedMembers
    this.#given = new Set(bootstrap)
    this.#givenHosts = new Set(bootstrap.flatMap(address => hostOf(withoutRelay(multiaddr(address))) ?? []))
  }

  /**
   * Aborts all running dials, which then fail. Earlier dials no longer count, because the network may be the cause of
   * their failures.
   */
  abortDials(): void {
    this.#bounds = new DialBounds()
    this.#bootstraps.abort()
    this.#members.abort()
  }

  /** Sets the addresses at which a member can be dialled; an empty list removes the member. */
  setAddresses(id: string, addresses: readonly Uint8Array[]): void {
    // A later dial uses the new addresses.
    this.#members.forget(id)
    if (addresses.length > 0) this.#addresses.set(id, addressesOf(id, addresses))
    else {
      this.#addresses.delete(id)
      this.#lastHost.delete(id)
    }
  }

  /**
   * Returns the newest admitted connection, or opens one and waits until it is admitted. The promise rejects with an
   * error for `dialOutcome` as soon as the member's host refuses a dial. The remaining addresses cannot show more than
   * the refusal, but are still dialled in the background.
   */
  async connect(id: string): Promise<Connection> {
    return this.current(id) ?? this.#members.share(id, () => this.#connect(id))
  }

  /** Opens another connection to a connected member, and waits until it is admitted. */
  connectAgain(id: string): Promise<Connection> {
    return this.#members.share(`again ${id}`, () => this.#connect(id, true))
  }

  async #connect(id: string, isAgain = false): Promise<Connection> {
    if (this.#gate.isRefused(id)) throw new Error(`${id} broke the protocol and is refused for a while`)
    const listed = this.#addresses.get(id) ?? []
    if (listed.length === 0) return this.#open(id, peerIdFromString(id), this.#members.signal(dialTimeoutMs))
    const situation = this.#situation(this.#lastHost.get(id))
    const known = listed.filter(address => this.#hasTransport(address))
    const all = dialSteps(known, situation.own, situation.lastHost)
    const inOrder = all.flatMap(({ addresses }) => addresses)
    const { allowed, waitMs } = this.#bounds.choose(inOrder, situation, performance.now())
    if (allowed.size === 0) throw new Error(`no address of ${id} may be dialled now`)
    if (waitMs > 0) {
      await this.#members.pause(waitMs)
      const current = this.current(id)
      if (current && !isAgain) {
        this.#bounds.giveBack()
        return current
      }
    }
    const signal = this.#members.signal(dialTimeoutMs)
    const steps = all.map(({ addresses, counts }) => {
      const dialled = addresses.filter(address => allowed.has(address))
      return { dialled, counts, isComplete: dialled.length === addresses.length }
    })
    const lastStep = steps.findLastIndex(({ dialled }) => dialled.length > 0)
    const errors: unknown[] = []
    for (const [at, { dialled, counts, isComplete }] of steps.slice(0, lastStep + 1).entries()) {
      // Such an address may be the one at which the member answers, so the outcome is not `refused`.
      if (counts && !isComplete) errors.push(new Error('some addresses may not be dialled now'))
      if (dialled.length === 0) continue
      const isLast = at === lastStep
      try {
        const timeoutMs = isAgain ? againTimeoutMs : stepTimeoutMs
        return await this.#open(id, dialled, isLast ? signal : within(timeoutMs, signal), isAgain)
      } catch (error) {
        if (counts) errors.push(error)
      }
      if (isLast || dialOutcome(new AggregateError(errors)) !== 'refused') continue
      const rest = steps.slice(at + 1).flatMap(({ dialled }) => dialled)
      this.#open(id, rest, signal).catch(() => {})
      break
    }
    throw new AggregateError(errors)
  }

  #hasTransport(address: Multiaddr): boolean {
    return this.#components.transportManager.dialTransportForMultiaddr(address) !== undefined
  }

  #situation(lastHost?: string): DialSituation {
    const isConnected = (relay: string) => this.current(relay) !== undefined
    return {
      own: this.#components.addressManager.getAddresses(),
      lastHost,
      givenHosts: this.#givenHosts,
      isMember: relay => this.#addresses.has(relay) || isConnected(relay),
      isConnected,
    }
  }

  /**
   * Dials a bootstrap address or the address of a cached peer. While a dial of the address runs, returns that dial.
   *
   * @returns the id of the member that answers
   */
  connectTo(address: string): Promise<string> {
    return this.#bootstraps.share(address, () => this.#connectTo(address))
  }

  async #connectTo(address: string): Promise<string> {
    const signal = this.#bootstraps.signal(bootstrapTimeoutMs)
    const dial = (address: string) => this.#openBootstrap(address, signal)
    if (this.#given.has(address)) {
      const own = this.#components.addressManager.getAddresses()
      const isKnown = (id: string) => this.#addresses.has(id) || this.current(id) !== undefined
      return (await this.#namedMembers?.connect(address, { own, isKnown, dial })) ?? dial(address)
    }
    if (!this.#mayDialCached(multiaddr(address))) throw new Error(`${address} may not be dialled now`)
    return dial(address)
  }

  async #openBootstrap(address: string, signal: AbortSignal): Promise<string> {
    const { connectionManager } = this.#components
    // Check before dialling: a dial that cannot succeed would also fail another dial to the same peer that
    // could succeed.
    if (!(await connectionManager.isDialable(multiaddr(address), { signal })))
      throw new Error(`no transport of this node can dial ${address}`)
    const connection = await connectionManager.openConnection(multiaddr(address), { signal })
    const id = connection.remotePeer.toString()
    this.#dialled.add(id)
    await this.#expectAdmission(connection)
    return id
  }

  /** A cached address is from the record of a member, which need not be true. */
  #mayDialCached(address: Multiaddr): boolean {
    // The member behind a relay may still be there, even if the relay is not known yet.
    const situation = { ...this.#situation(), isMember: () => true }
    if (!this.#hasTransport(address) || !isDialable(address, situation)) return false
    return this.#bounds.reserve(endpointOf(address), performance.now(), 0) !== undefined
  }

  connected({ remotePeer, remoteAddr, direction }: Connection): void {
    if (direction === 'outbound') this.#bounds.succeeded(endpointOf(remoteAddr))
    const host = hostOf(remoteAddr)
    if (host !== undefined) this.#lastHost.set(remotePeer.toString(), host)
  }

  disconnected(id: string): void {
    this.#dialled.delete(id)
    // The peer was admitted, but never sent a record.
    if (!this.#addresses.has(id)) this.#lastHost.delete(id)
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
    return this.#direct(id).filter(connection => this.#gate.isAdmitted(connection))
  }

  /** The connections to a peer, except those through a relay, which serve introductions only. */
  #direct(id: string): Connection[] {
    const all = this.#components.connectionManager.getConnections(peerIdFromString(id))
    return all.filter(({ limits }) => limits === undefined)
  }

  /** A connection through a relay serves introductions only. */
  async #expectAdmission(connection: Connection): Promise<void> {
    if (connection.limits !== undefined || !(await this.#gate.whenAdmitted(connection)))
      throw new Error('the connection is not admitted')
  }

  async #open(id: string, to: PeerId | Multiaddr[], signal: AbortSignal, force = false): Promise<Connection> {
    // The app may have opened the present connection.
    if (!force) this.#dialled.add(id)
    try {
      const connection = await this.#components.connectionManager.openConnection(to, { signal, force })
      await this.#expectAdmission(connection)
      return connection
    } catch (error) {
      if (!force) this.#dialled.delete(id)
      throw error
    }
  }
}
