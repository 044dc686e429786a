/**
 * hearsay as a libp2p service: a member of a cluster on a node that the app has.
 *
 * It needs gossipsub as the service `pubsub`, and identify. It dials the members it needs, and closes what it dialled
 * and what leads to the dead. Stopping the node says goodbye first.
 */

import {
  type ComponentLogger,
  type Ed25519PrivateKey,
  type PrivateKey,
  type Startable,
  serviceCapabilities,
  serviceDependencies,
} from '@libp2p/interface'
import { isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { Cluster } from '../api/cluster.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { ClusterHandle } from '../handles/cluster-handle.ts'
import type { Driver } from '../runtime/driver.ts'
import { createEngine } from '../runtime/engine.ts'
import { datastoreKeyValues } from '../storage/datastore-key-values.ts'
import { memberStorage } from '../storage/member-storage.ts'
import { WriteQueue } from '../storage/write-queue.ts'
import { limits } from '../wire/limits.ts'
import { clusterTag } from '../wire/tags.ts'
import { checkHearsayInit, type HearsayInit } from './hearsay-options.ts'
import { leakedTimers } from './leaked-timers.ts'
import type { Platform } from './platform.ts'
import { Libp2pTransport, type TransportComponents } from './transport.ts'

/** What of the node the service uses. */
export interface HearsayComponents extends TransportComponents {
  readonly privateKey: PrivateKey
  readonly datastore: Datastore
  readonly logger: ComponentLogger
}

export type HearsayService = (components: HearsayComponents) => Cluster

/**
 * @throws {InvalidOptionsError} when the node is created: an option, or a key that is not Ed25519.
 */
export function hearsayOn(init: HearsayInit, platform: Platform): HearsayService {
  checkHearsayInit(init)
  return components => new Service(init, components, platform, false)
}

/** The same on a node that was made for it alone. */
export function hearsayAlone(init: HearsayInit, platform: Platform): HearsayService {
  return components => new Service(init, components, platform, true)
}

class Service extends ClusterHandle implements Startable {
  readonly [Symbol.toStringTag] = '@hearsay/core'
  readonly [serviceCapabilities]: string[] = ['@hearsay/core']
  readonly [serviceDependencies]: string[] = ['@libp2p/identify', '@libp2p/pubsub']
  readonly #init: HearsayInit
  readonly #platform: Platform
  readonly #ownsNode: boolean
  readonly #components: HearsayComponents
  readonly #privateKey: Ed25519PrivateKey
  #runtime: { transport: Libp2pTransport; driver: Driver; writes: WriteQueue } | undefined
  #announcedAddresses = ''
  #relays: string | undefined
  #unfollow: (() => void) | undefined
  #stopTimers: (() => void) | undefined
  #unfollowNetwork: (() => void) | undefined
  readonly #addressesChanged = () => {
    this.#announceAddresses()
    this.#keepRelays()
    this.#runtime?.driver.start()
    // The bootstrap is dialled at once: what the app does next may keep the event loop busy for long.
    this.#runtime?.driver.advance()
  }

  constructor(init: HearsayInit, components: HearsayComponents, platform: Platform, ownsNode: boolean) {
    super(init.cluster, platform.clock)
    const { privateKey } = components
    if (privateKey.type !== 'Ed25519')
      throw new InvalidOptionsError(
        `privateKey: a member's key is Ed25519, this node's is ${privateKey.type}`,
      )
    this.#init = init
    this.#platform = platform
    this.#ownsNode = ownsNode
    this.#components = components
    this.#privateKey = privateKey
  }

  /** Before the node listens: streams and connections must find somebody. */
  async beforeStart(): Promise<void> {
    this.#announcedAddresses = ''
    this.#relays = undefined
    const { peerId, datastore, logger } = this.#components
    const log = logger.forComponent('hearsay')
    const cluster = clusterTag(this.#init.cluster)
    const storage = memberStorage(this.#init.datastore ?? datastore, cluster)
    const keyValues = datastoreKeyValues(this.#init.datastore ?? datastore)
    const { clock } = this.#platform
    const writes = new WriteQueue({
      keyValues,
      clock,
      changed: state => {
        if (state.status === 'failing') log.error('the store fails - %e', state.error)
        this.storageChanged(state)
      },
    })
    const transport = new Libp2pTransport(this.#components, cluster, this.#ownsNode, log)
    const { driver, prepare } = createEngine(this, this.#init, {
      id: peerId.toString(),
      clock,
      transport,
      keys: this.#platform.keys(this.#privateKey),
      random: Math.random,
      incarnation: await storage.incarnation.read(),
      cachedPeers: (await storage.cachedPeers.read()) ?? [],
      persist: incarnation => writes.store([storage.incarnation.change(incarnation)]),
      persistCachedPeers: addresses => writes.push([storage.cachedPeers.change(addresses)]),
      keyValues,
      writes,
      log: message => log(message),
    })
    this.#runtime = { transport, driver, writes }
    await prepare()
    await transport.listen(driver)
  }

  start(): void {}

  /** Pubsub runs. The node begins to listen, and says so as an event: that is the moment to speak. */
  afterStart(): void {
    this.#runtime?.transport.start()
    this.#unfollow = this.#platform.followPage?.({
      attentionChanged: attention => {
        if (attention.state !== 'full') this.flush()
        this.#runtime?.driver.handle({ type: 'local-change', change: { attention } })
      },
      pageClosing: () => {
        // Sends the goodbye before it waits for anything.
        void this.leave()
      },
    })
    this.#unfollowNetwork = this.#platform.followNetwork?.(() => {
      this.#announceAddresses()
      this.#runtime?.driver.networkChanged()
    })
    for (const event of addressEvents) this.#components.events.addEventListener(event, this.#addressesChanged)
    // Without others nothing listens over them, and there are no others before one speaks.
    if (this.#components.addressManager.getListenAddrs().every(isIndirect)) this.#addressesChanged()
  }

  /** While there still are connections to say goodbye over. */
  async beforeStop(): Promise<void> {
    for (const event of addressEvents)
      this.#components.events.removeEventListener(event, this.#addressesChanged)
    await this.leave()
    this.#stopTimers = leakedTimers(this.#components)
  }

  /** The node goes on without this member, if it is the app's. */
  override async leave(): Promise<void> {
    this.#unfollow?.()
    this.#unfollowNetwork?.()
    await super.leave()
    // The store that is about to be closed has everything, or the app was told that it fails.
    await this.#runtime?.writes.stored().catch(() => {})
    this.#runtime?.writes.close()
    this.#runtime?.transport.stop()
  }

  stop(): void {}

  afterStop(): void {
    this.#stopTimers?.()
  }

  /** Tells where this member can be dialled, if that changed. */
  #announceAddresses(): void {
    if (this.#ownsNode) this.#confirmOwnAddresses()
    const addresses = announceable(this.#components.addressManager.getAddresses())
    const text = addresses.join()
    if (text === this.#announcedAddresses) return
    this.#announcedAddresses = text
    this.#runtime?.driver.handle({
      type: 'local-change',
      change: { addresses: addresses.map(({ bytes }) => bytes) },
    })
  }

  /**
   * libp2p names a public address only once a server has vouched for it. What an interface has, or a relay gave, is
   * proof enough: others try all addresses anyway.
   */
  #confirmOwnAddresses(): void {
    const { addressManager } = this.#components
    for (const { type, verified, multiaddr } of addressManager.getAddressesWithMetadata())
      if (type === 'transport' && !verified) addressManager.confirmObservedAddr(multiaddr, { type })
  }

  /** Tells over whom this member is found, if it listens nowhere else, and if that changed. */
  #keepRelays(): void {
    const { addressManager } = this.#components
    if (!addressManager.getListenAddrs().every(isIndirect)) return
    const ids = [...new Set(addressManager.getAddresses().flatMap(relayOf))]
    if (ids.join() === this.#relays) return
    this.#relays = ids.join()
    this.#runtime?.driver.handle({ type: 'relays', ids })
  }
}

/** Over whom one listens there: the last that is named before the circuit. */
function relayOf(address: Multiaddr): string[] {
  const components = address.getComponents()
  const circuit = components.findIndex(({ name }) => name === 'p2p-circuit')
  const relay = components.slice(0, Math.max(circuit, 0)).findLast(({ name }) => name === 'p2p')?.value
  return relay === undefined ? [] : [relay]
}

const addressEvents = ['transport:listening', 'transport:close', 'self:peer:update'] as const

/**
 * Loopback means another machine to everybody else: it is told of only where there is nothing better. A relay alone is
 * no way to reach anybody, but WebRTC that begins there is.
 */
function announceable(addresses: readonly Multiaddr[]): readonly Multiaddr[] {
  const direct = addresses.filter(address => !isRelayed(address))
  const reachable = direct.filter(address => !isLoopback(address))
  return (reachable.length > 0 ? reachable : direct).slice(0, limits.maxAddresses)
}

const namesIn = (address: Multiaddr): string[] => address.getComponents().map(({ name }) => name)

/** Somebody else is needed to listen there. */
function isIndirect(address: Multiaddr): boolean {
  return ['p2p-circuit', 'webrtc'].some(name => namesIn(address).includes(name))
}

function isRelayed(address: Multiaddr): boolean {
  return isIndirect(address) && !namesIn(address).includes('webrtc')
}
