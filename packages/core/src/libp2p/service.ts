/**
 * Service: hearsay as a libp2p service, a member of a cluster on a libp2p node.
 *
 * The service dials the members that it needs, and closes connections that it dialled or that lead to dead members. When the
 * node stops, the member leaves first.
 */

import { type Ed25519PrivateKey, type Startable, serviceCapabilities } from '@libp2p/interface'
import { bootstrapMultiaddr } from '../api/bootstrap-address.ts'
import type { Cluster, Explanation, LeaveOptions } from '../api/cluster.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { secretBytes } from '../api/secret.ts'
import { type Named, withTicket } from '../api/ticket.ts'
import { ClusterHandle } from '../handles/cluster-handle.ts'
import type { HostHealth } from '../handles/health-store.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { Driver } from '../runtime/driver.ts'
import { createEngine, type HostPolicy } from '../runtime/engine.ts'
import { datastoreKeyValues } from '../storage/datastore-key-values.ts'
import { memberStorage } from '../storage/member-storage.ts'
import { WriteQueue } from '../storage/write-queue.ts'
import { type ClusterKeys, clusterKeys } from '../wire/cluster-keys.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import { clusterTag } from '../wire/tags.ts'
import { AdmissionGate } from './admission/admission-gate.ts'
import {
  checkHearsayInit,
  type HearsayComponents,
  type HearsayInit,
  type HearsayService,
} from './hearsay-options.ts'
import { MemberPubsub } from './member-pubsub.ts'
import type { MemberMetrics } from './metrics/member-metrics.ts'
import type { OpenAuthorityOptions, OpenedAuthority } from './open-authority.ts'
import type { OpenedKeyring, OpenKeyringOptions } from './open-keyring.ts'
import { clockFact } from './peer-clocks.ts'
import type { NodeFigures, NodeHealth, Platform } from './platform.ts'
import { PublishedAddresses } from './published-addresses.ts'
import { Libp2pTransport, type TransportKeys } from './transport.ts'

/**
 * The service on a node of the app.
 *
 * @throws {InvalidOptionsError} an option is unusable; or, when the node is created, its key is not Ed25519
 */
export function hearsayOn(given: HearsayInit, platform: Platform): HearsayService {
  checkHearsayInit(given)
  const init = withTicket(given)
  return components => new Service({ init, platform, gate: new AdmissionGate(), ownsNode: false }, components)
}

/** The member of a node that was created for it alone. */
export interface LoneMember extends Cluster {
  /** The tokens by which members find each other in a local network, the one to look for first. Empty before the start. */
  readonly discoveryTokens: readonly string[]
}

/** The service on a node that was created for it alone. @param gate the gate of the node's other parts */
export function hearsayAlone(
  init: Named<HearsayInit>,
  platform: Platform,
  gate: AdmissionGate,
  nodeHealth: NodeHealth | undefined,
  figures: NodeFigures | undefined,
): (components: HearsayComponents) => LoneMember {
  return components =>
    new Service(
      {
        init,
        platform,
        gate,
        ownsNode: true,
        ...(nodeHealth && { nodeHealth }),
        ...(figures && { figures }),
      },
      components,
    )
}

interface ServiceOptions {
  readonly init: Named<HearsayInit>
  readonly platform: Platform
  readonly gate: AdmissionGate
  readonly ownsNode: boolean
  readonly nodeHealth?: NodeHealth
  readonly figures?: NodeFigures
}

interface Runtime {
  readonly transport: Libp2pTransport
  readonly pubsub: MemberPubsub
  readonly machine: MembershipMachine
  readonly driver: Driver
  readonly writes: WriteQueue
}

class Service extends ClusterHandle implements LoneMember, Startable {
  readonly [Symbol.toStringTag] = '@hearsay/core'
  /**
   * On a node of its own, the service also declares the capability of identify, on which transports over relays depend.
   * The admission replaces identify there.
   */
  readonly [serviceCapabilities]: string[]
  readonly #options: ServiceOptions
  readonly #components: HearsayComponents
  readonly #privateKey: Ed25519PrivateKey
  #runtime: Runtime | undefined
  #tokens: () => readonly string[] = () => []
  #metrics: MemberMetrics | undefined
  #addresses: PublishedAddresses | undefined
  #unfollow: (() => void) | undefined
  #stopTimer: (() => void) | undefined
  #unfollowNetwork: (() => void) | undefined
  readonly #addressesChanged = () => {
    this.#announceAddresses()
    this.#reportRelays()
    this.#runtime?.driver.start()
    // Dials the bootstrap addresses immediately: the app may block the event loop next.
    this.#runtime?.driver.advance()
  }

  constructor(options: ServiceOptions, components: HearsayComponents) {
    super(options.init.cluster, options.platform.clock)
    const { privateKey } = components
    if (privateKey.type !== 'Ed25519')
      throw new InvalidOptionsError(
        `privateKey: the node's key is ${privateKey.type}. Create the node with an Ed25519 key`,
      )
    this[serviceCapabilities] = options.ownsNode ? ['@hearsay/core', '@libp2p/identify'] : ['@hearsay/core']
    this.#options = options
    this.#components = components
    this.#privateKey = privateKey
  }

  /** Runs before the node listens, so that no stream or connection is missed. */
  async beforeStart(): Promise<void> {
    const { peerId, datastore, logger, metrics, addressManager } = this.#components
    const { init, platform, gate, ownsNode } = this.#options
    const self = peerId.toString()
    this.#addresses = new PublishedAddresses({ addressManager, self, ownsNode })
    const log = logger.forComponent('hearsay')
    const cluster = clusterTag(init.cluster)
    const storage = memberStorage(init.datastore ?? datastore, cluster)
    const keyValues = datastoreKeyValues(init.datastore ?? datastore)
    const { clock } = platform
    const writes = new WriteQueue({
      keyValues,
      clock,
      changed: state => {
        if (state.status === 'failing') log.error('the store fails - %e', state.error)
        this.storageChanged(state)
      },
    })
    const keys = platform.keys(this.#privateKey)
    const opened = await this.#openAuthority({ cluster, keys, writes })
    const authority = opened?.authority
    // A cluster with an authority has one secret at most, which cannot be changed while it runs.
    const openedKeys = opened ? undefined : await this.#openKeyring({ cluster, keys, writes })
    const fixed = clusterKeys(
      init.cluster,
      init.secret,
      authority && keyFromMemberId(authority.grants.authority),
    )
    this.#tokens = openedKeys?.tokens ?? (() => [fixed.discovery])
    const pubsub = new MemberPubsub(this.#components, gate)
    const transport = new Libp2pTransport({
      components: this.#components,
      cluster,
      keys: openedKeys?.keys ?? fixedKeys(fixed),
      hasSecret: openedKeys !== undefined || init.secret !== undefined,
      ownsNode,
      gate,
      ...(opened && { grants: opened.exchange }),
      bootstrap: (init.bootstrap ?? []).map(bootstrapMultiaddr),
      pubsub,
      log,
      hasLostAddress: platform.hasLostAddress,
      clock,
      namedMembers: platform.namedMembers,
    })
    const host = {
      id: self,
      clock,
      transport,
      keys,
      ...(opened && { authority: opened.authority, policy: opened.policy }),
      ...(openedKeys && { keyring: openedKeys.keyring, policy: openedKeys.policy }),
      random: unpredictableNumber,
      incarnation: await storage.incarnation.read(),
      cachedPeers: (await storage.cachedPeers.read()) ?? [],
      persist: (incarnation: number) => writes.store([storage.incarnation.change(incarnation)]),
      persistCachedPeers: (addresses: readonly string[]) =>
        writes.push([storage.cachedPeers.change(addresses)]),
      keyValues,
      writes,
      log: (message: string) => log(message),
    }
    if (metrics && !this.#metrics) {
      const { MemberMetrics } = await import('./metrics/member-metrics.ts')
      const problems = () => this.health.getSnapshot().problems
      this.#metrics = new MemberMetrics({
        ...this.#options,
        metrics,
        clock,
        components: this.#components,
        problems,
      })
    }
    const engine = createEngine(this, init, this.#metrics?.measured(host) ?? host)
    const { machine, driver, prepare } = engine
    this.#runtime = { transport, pubsub, machine, driver, writes }
    openedKeys?.keyring.attach(
      () => transport.keysChanged(),
      input => driver.handle(input),
    )
    if (openedKeys?.keyring.isReplaced)
      log('the secret of the options was replaced in this cluster. The member uses the keys in its store')
    await prepare()
    await transport.listen(this.#metrics?.follow({ engine, transport }) ?? driver)
  }

  /** Undefined: the cluster has no authority. Its code is loaded only if there is one. */
  async #openAuthority(
    parts: Pick<OpenAuthorityOptions, 'cluster' | 'keys' | 'writes'>,
  ): Promise<OpenedAuthority | undefined> {
    const { init, platform } = this.#options
    const { peerId, datastore } = this.#components
    const { ticketContent, authority, secret } = init
    if (!ticketContent && !authority) return undefined
    const { openAuthority } = await import('./open-authority.ts')
    const bytes = secret === undefined ? undefined : secretBytes(secret)
    return await openAuthority({
      ...parts,
      init,
      platform,
      self: peerId.toString(),
      datastore: init.datastore ?? datastore,
      secret: () => bytes,
      own: () => this.#runtime?.machine.ownGrants,
    })
  }

  /** Undefined: the cluster has no secret. The code of keyrings is loaded only if there is one. */
  async #openKeyring(
    parts: Pick<OpenKeyringOptions, 'cluster' | 'keys' | 'writes'>,
  ): Promise<(OpenedKeyring & { policy: HostPolicy }) | undefined> {
    const { init, platform } = this.#options
    if (init.secret === undefined && init.keyring === undefined) return undefined
    const [{ openKeyring }, { openPolicy }] = await Promise.all([
      import('./open-keyring.ts'),
      import('../storage/policy-storage.ts'),
    ])
    const { peerId, datastore } = this.#components
    const options = {
      ...parts,
      init,
      self: peerId.toString(),
      clock: platform.clock,
      datastore: init.datastore ?? datastore,
    }
    const opened = await openKeyring(options)
    const policy = openPolicy({ kinds: { keyring: opened.keyring.kind } }, parts.writes, parts.cluster)
    return { ...opened, policy }
  }

  get discoveryTokens(): readonly string[] {
    return this.#tokens()
  }

  async start(): Promise<void> {
    await this.#runtime?.pubsub.start()
  }

  /** The member starts when the node emits that it listens. */
  afterStart(): void {
    this.#runtime?.transport.start()
    this.#unfollow = this.#options.platform.followPage?.({
      attentionChanged: attention => {
        if (attention.state !== 'full') this.flush()
        this.#runtime?.driver.handle({ type: 'local-change', change: { attention } })
      },
      pageClosing: () => {
        // Sends the leave before it waits for anything.
        void this.leave()
      },
    })
    this.#unfollowNetwork = this.#options.platform.followNetwork?.(() => this.networkChanged())
    for (const event of addressEvents) this.#components.events.addEventListener(event, this.#addressesChanged)
    // A node that listens over relays only has no address until it has a connection, so no event reports its addresses.
    if (this.#addresses?.isIndirect) this.#addressesChanged()
  }

  /** Leaves while the connections are still open. */
  async beforeStop(): Promise<void> {
    for (const event of addressEvents)
      this.#components.events.removeEventListener(event, this.#addressesChanged)
    await this.leave()
    this.#stopTimer = leakedTimer(this.#components.addressManager)
  }

  protected override hostHealth(connections: number): Partial<HostHealth> {
    const { transport } = this.#runtime ?? {}
    const { refusals, abortedStreams = 0 } = transport ?? {}
    const { count = 0, lastDialled } = refusals ?? {}
    const admissionError = connections === 0 ? lastDialled : undefined
    const { problems: ofNode = [], ...node } = this.#options.nodeHealth?.() ?? {}
    const ofRelays = connections > 0 ? this.#addresses?.problem : undefined
    const problems = [...(transport?.problems(connections) ?? []), ...(ofRelays ? [ofRelays] : []), ...ofNode]
    return { ...node, admissionError, refusedConnections: count, abortedStreams, problems }
  }

  protected override networkChanged(): void {
    this.#announceAddresses()
    super.networkChanged()
  }

  /** Adds what only the connections show: the peer's clock, and the last refused connection if none is open. */
  override async explain(memberId: string): Promise<Explanation> {
    const explanation = await super.explain(memberId)
    const { transport } = this.#runtime ?? {}
    const aheadMs = transport?.clockAheadMs(memberId) ?? 0
    const facts = aheadMs === 0 ? explanation.facts : [...explanation.facts, clockFact(aheadMs)]
    const refusal = transport?.refusals?.of(memberId)
    if (!refusal || explanation.connected) return { ...explanation, facts }
    const agoS = (this.#options.platform.clock.now().monotonicMs - refusal.atMs) / 1000
    return {
      ...explanation,
      facts: [`${refusal.fact}, ${agoS.toFixed(1)} s ago.`, ...facts],
      hint: refusal.advice,
    }
  }

  /** Leaves the cluster. A node of the app keeps running. */
  override async leave(options?: LeaveOptions): Promise<void> {
    this.#unfollow?.()
    this.#unfollowNetwork?.()
    await super.leave(options)
    // Waits for pending writes before the store closes. A failing store was reported to the app already.
    await this.#runtime?.writes.stored().catch(() => {})
    this.#runtime?.writes.close()
    this.#runtime?.transport.stop()
    await this.#runtime?.pubsub.stop()
  }

  stop(): void {}

  afterStop(): void {
    this.#stopTimer?.()
  }

  /** Publishes the addresses at which this member can be dialled, if they changed. */
  #announceAddresses(): void {
    const addresses = this.#addresses?.takeChanged()
    if (addresses) this.#runtime?.driver.handle({ type: 'local-change', change: { addresses } })
  }

  /** Reports the relays of a member that listens over relays only, if they changed. */
  #reportRelays(): void {
    const ids = this.#addresses?.takeChangedRelays()
    if (ids) this.#runtime?.driver.handle({ type: 'relays', ids })
  }
}

const addressEvents = ['transport:listening', 'transport:close', 'self:peer:update'] as const

/** 0 ≤ n < 1. An attacker that could predict the numbers could predict the member's random link. */
function unpredictableNumber(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}

/** The keys of a cluster whose keys do not change while it runs. */
function fixedKeys(keys: ClusterKeys): TransportKeys {
  const admission = [{ id: '', key: keys.admission }]
  return { admission: () => admission, topics: () => [keys] }
}

interface AddressManagerInternals {
  /** Waits until more listeners close, then writes into the peer store. */
  readonly _updatePeerStoreAddresses?: { stop?: () => void }
}

/**
 * A timer that libp2p leaves running when a node stops, for up to 1 s. It has no effect any more, but keeps the process
 * alive. The timer is an internal of libp2p: if a version of libp2p renames it, the timer is not stopped, and nothing else
 * changes.
 *
 * @returns a function that stops the timer; call it once the node has stopped
 */
function leakedTimer(addressManager: HearsayComponents['addressManager']): () => void {
  const { _updatePeerStoreAddresses: update }: AddressManagerInternals = Object(addressManager)
  return () => update?.stop?.()
}
