/**
 * Dialler: connections to members, by the addresses that their records name.
 *
 * It remembers which connections were dialled here, because only those are hearsay's to close on a node that the
 * app has, and who lives on this machine, because only they may be judged by a refusal from a loopback address.
 */
import type { Connection } from '@libp2p/interface'
import type { AddressManager, ConnectionManager } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import { isLoopback } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { setMaxListeners } from 'main-event'
import { dialOutcome } from './dial-outcome.ts'

export interface DiallerComponents {
  readonly connectionManager: ConnectionManager
  readonly addressManager: AddressManager
}

const dialTimeoutMs = 5_000
/** A bootstrap member may be busy with a whole cluster that starts. */
const bootstrapTimeoutMs = 10_000

export class Dialler {
  readonly #components: DiallerComponents
  readonly #ownsNode: boolean
  readonly #addresses = new Map<string, Multiaddr[]>()
  readonly #dialled = new Set<string>()
  readonly #onThisMachine = new Set<string>()
  /** Bootstrap addresses that are being dialled. */
  readonly #bootstraps = new Map<string, Promise<string>>()
  /** Ends the dials that are under way. */
  #dials = controllerOfMany()

  /** @param ownsNode the node was made for hearsay alone: every connection of it is. */
  constructor(components: DiallerComponents, ownsNode: boolean) {
    this.#components = components
    this.#ownsNode = ownsNode
  }

  /** Gives up all dials that are under way: they fail. */
  abortDials(): void {
    this.#dials.abort()
    this.#bootstraps.clear()
    this.#dials = controllerOfMany()
  }

  /** Where a member can be dialled from now on; nowhere: it is forgotten. */
  learn(id: string, addresses: readonly Uint8Array[]): void {
    if (addresses.length > 0) this.#addresses.set(id, addresses.flatMap(readableAddress))
    else {
      this.#addresses.delete(id)
      this.#onThisMachine.delete(id)
    }
  }

  /** The newest connection that stands, or a new one. Rejects with what `outcome` can read. */
  async connect(id: string): Promise<Connection> {
    const { connectionManager } = this.#components
    const standing = this.standing(id)
    if (standing) return standing
    const peerId = peerIdFromString(id)
    const addresses = this.#addresses.get(id) ?? []
    const signal = this.#signal(dialTimeoutMs)
    this.#dialled.add(id)
    try {
      return await connectionManager.openConnection(addresses.length > 0 ? addresses : peerId, { signal })
    } catch (error) {
      this.#dialled.delete(id)
      throw error
    }
  }

  /** One dial to an address at a time. @returns the id of whoever answers there */
  connectTo(address: string): Promise<string> {
    const pending = this.#bootstraps.get(address)
    if (pending) return pending
    const dial = this.#connectTo(address).finally(() => {
      if (this.#bootstraps.get(address) === dial) this.#bootstraps.delete(address)
    })
    this.#bootstraps.set(address, dial)
    return dial
  }

  async #connectTo(address: string): Promise<string> {
    const { connectionManager } = this.#components
    const signal = this.#signal(bootstrapTimeoutMs)
    // Not left to the dial: one that cannot succeed takes along another to the same peer that could.
    if (!(await connectionManager.isDialable(multiaddr(address), { signal })))
      throw new Error(`nothing here can dial ${address}`)
    const connection = await connectionManager.openConnection(multiaddr(address), { signal })
    const id = connection.remotePeer.toString()
    this.#dialled.add(id)
    return id
  }

  #signal(timeoutMs: number): AbortSignal {
    return AbortSignal.any([this.#dials.signal, AbortSignal.timeout(timeoutMs)])
  }

  connected({ remotePeer, remoteAddr }: Connection): void {
    if (isLoopback(remoteAddr)) this.#onThisMachine.add(remotePeer.toString())
  }

  disconnected(id: string): void {
    this.#dialled.delete(id)
  }

  /** Whether this end may close the connection when it is not needed any more. */
  isOurs({ remotePeer, direction }: Connection): boolean {
    return direction === 'outbound' && (this.#ownsNode || this.#dialled.has(remotePeer.toString()))
  }

  disconnect(id: string): void {
    for (const connection of this.connections(id)) connection.close().catch(error => connection.abort(error))
  }

  /** The newest of those that stand: the other end may have lost any older one. */
  standing(id: string): Connection | undefined {
    return this.connections(id).findLast(({ status }) => status === 'open')
  }

  /** Those through a relay are left out: they are for introductions alone. */
  connections(id: string): Connection[] {
    const all = this.#components.connectionManager.getConnections(peerIdFromString(id))
    return all.filter(({ limits }) => limits === undefined)
  }

  /**
   * What a failed dial says. A refusal from a loopback address is our own machine's: it counts only if the member
   * is known to live here, because it was connected over loopback, or because one listens nowhere else oneself.
   */
  outcome(id: string, error: unknown): ReturnType<typeof dialOutcome> {
    const outcome = dialOutcome(error)
    const isAsked = !(this.#addresses.get(id) ?? []).every(isLoopback)
    const livesHere =
      this.#onThisMachine.has(id) || this.#components.addressManager.getAddresses().every(isLoopback)
    return outcome === 'refused' && !isAsked && !livesHere ? 'unreachable' : outcome
  }
}

/** Its signal has a listener for each dial. */
function controllerOfMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal)
  return controller
}

function readableAddress(bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}
