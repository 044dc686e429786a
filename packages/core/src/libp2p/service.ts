/**
 * Service: hearsay as a libp2p service, a member of a cluster on a libp2p node.
 *
 * The service dials the members that it needs, and closes connections that it dialled or that lead to dead members. When the
 * node stops, the member leaves first.
 */

import { type Ed25519PrivateKey, type Metrics, type Startable, serviceCapabilities } from '@libp2p/interface'
import type { Cluster, Explanation, LeaveOptions } from '../api/cluster.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { type Named, withTicket } from '../api/ticket.ts'
import { ClusterHandle } from '../handles/cluster-handle.ts'
import type { HostHealth } from '../handles/health-store.ts'
import { AdmissionGate } from './admission/admission-gate.ts'
import {
  checkHearsayInit,
  type HearsayComponents,
  type HearsayInit,
  type HearsayService,
} from './hearsay-options.ts'
import { type MemberRuntime, openRuntime, type RuntimeOptions } from './member-runtime.ts'
import type { MemberMetrics } from './metrics/member-metrics.ts'
import { clockFact } from './peer-clocks.ts'
import type { NodeFigures, NodeHealth, PageFollower, Platform } from './platform.ts'
import { PublishedAddresses } from './published-addresses.ts'

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

interface ServiceOptions extends Omit<RuntimeOptions, 'components' | 'privateKey'> {
  readonly nodeHealth?: NodeHealth
  readonly figures?: NodeFigures
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
  #runtime: MemberRuntime | undefined
  #metrics: MemberMetrics | undefined
  #addresses: PublishedAddresses | undefined
  #page: PageFollower | undefined
  #stopTimer: (() => void) | undefined
  #unfollowNetwork: (() => void) | undefined
  readonly #addressesChanged = () => {
    this.#announceAddresses()
    this.#reportRelays()
    this.#runtime?.engine.driver.start()
    // Dials the bootstrap addresses immediately: the app may block the event loop next.
    this.#runtime?.engine.driver.advance()
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
    const components = this.#components
    const { peerId, addressManager, metrics } = components
    const { ownsNode } = this.#options
    this.#addresses = new PublishedAddresses({ addressManager, self: peerId.toString(), ownsNode })
    if (metrics) this.#metrics ??= await this.#loadMetrics(metrics)
    const options = { ...this.#options, components, privateKey: this.#privateKey }
    const runtime = await openRuntime(this, options, host => this.#metrics?.measured(host) ?? host)
    const { engine, transport } = runtime
    this.#runtime = runtime
    await engine.prepare()
    await transport.listen(this.#metrics?.follow({ engine, transport }) ?? engine.driver)
  }

  async #loadMetrics(metrics: Metrics): Promise<MemberMetrics> {
    const { MemberMetrics } = await import('./metrics/member-metrics.ts')
    return new MemberMetrics({
      ...this.#options,
      metrics,
      clock: this.#options.platform.clock,
      components: this.#components,
      problems: () => this.health.getSnapshot().problems,
    })
  }

  get discoveryTokens(): readonly string[] {
    return this.#runtime?.tokens() ?? []
  }

  async start(): Promise<void> {
    await this.#runtime?.pubsub.start()
  }

  /** The member starts when the node emits that it listens. */
  afterStart(): void {
    this.#runtime?.transport.start()
    this.#page = this.#options.platform.followPage?.({
      attentionChanged: attention => {
        if (attention.state !== 'full') this.flush()
        this.#runtime?.engine.driver.handle({ type: 'local-change', change: { attention } })
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

  protected override viewsChanged(isAnyVisible: boolean): void {
    this.#page?.viewsChanged(isAnyVisible)
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
    this.#page?.stop()
    this.#unfollowNetwork?.()
    await super.leave(options)
    // Waits for pending writes before the store closes.
    await this.#runtime?.writes.close()
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
    if (addresses) this.#runtime?.engine.driver.handle({ type: 'local-change', change: { addresses } })
  }

  /** Reports the relays of a member that listens over relays only, if they changed. */
  #reportRelays(): void {
    const ids = this.#addresses?.takeChangedRelays()
    if (ids) this.#runtime?.engine.driver.handle({ type: 'relays', ids })
  }
}

const addressEvents = ['transport:listening', 'transport:close', 'self:peer:update'] as const

interface AddressManagerInternals {
  /** Waits until more listeners close, then writes into the peer store. */
  readonly _updatePeerStoreAddresses?: { stop?: () => void }
}

/**
 * A timer that libp2p leaves running when a node stops, for up to 1 s. The timer has no effect any more, but keeps the process
 * alive. The timer is an internal of libp2p: if a version of libp2p renames it, the timer is not stopped, and nothing else
 * changes.
 *
 * @returns a function that stops the timer; call it once the node has stopped
 */
function leakedTimer(addressManager: HearsayComponents['addressManager']): () => void {
  const { _updatePeerStoreAddresses: update }: AddressManagerInternals = Object(addressManager)
  return () => update?.stop?.()
}
