/**
 * Engine: one member without a network of its own: the membership machine, its driver and the handle that the app uses.
 *
 * A host provides clock, transport, keys and storage. libp2p is one host and the simulator is another; both run the same
 * engine.
 */

import { bootstrapMultiaddr } from '../api/bootstrap-address.ts'
import type { MemberOptions } from '../api/member-options.ts'
import type { Clock } from '../base/clock.ts'
import { firstRecord } from '../member/local-record.ts'
import type { MembershipMachineOptions } from '../member/membership-machine.ts'
import { MembershipMachine } from '../member/membership-machine.ts'
import type { Policy } from '../policy/policy.ts'
import type { KeyValues } from '../storage/key-values.ts'
import { persistOnce } from '../storage/persist-once.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import { firstIncarnation } from '../table/incarnation.ts'
import type { PolicyFact, SignedFact } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'
import { clusterTag } from '../wire/tags.ts'
import type { AppNotifications } from './app-notifications.ts'
import { Driver } from './driver.ts'
import type { MemberAuthority } from './member-authority.ts'
import type { MemberKeyring } from './member-keyring.ts'
import type { DriverHost, DriverListener, Transport } from './ports.ts'

/** The objects and functions that a host provides for an engine. */
export interface Host extends DriverHost {
  /** The member id: its public key, as the transport authenticates it. */
  readonly id: string
  readonly clock: Clock
  readonly transport: Transport
  readonly keys: Signer & Verifier
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** The store of rooms and shared configs. */
  readonly keyValues: KeyValues
  /** The last incarnation that was persisted, or undefined if none was. */
  readonly incarnation: number | undefined
  /** Multiaddrs of members that an earlier run of this member knew. */
  readonly cachedPeers: readonly string[]
  /** The queue of writes into `keyValues`. */
  readonly writes: WriteQueue
  /**
   * Stores the incarnation. The member publishes facts in this incarnation when storing it has ended, with or without
   * success, but at the latest 250 ms after the call.
   */
  persist(incarnation: number): void | Promise<void>
  /** The keys of the cluster. @default none: the cluster has no secret */
  readonly keyring?: MemberKeyring
  /** The facts about the cluster, and their store (`openPolicy`). @default no such fact counts */
  readonly policy?: HostPolicy
  /** The keys and the chain of this member in a cluster with an authority. @default the cluster has none */
  readonly authority?: MemberAuthority | undefined
  /**
   * Returns an equal fact that arrived earlier, if there is one. This saves memory if one host runs many members.
   *
   * @default the fact
   */
  share?(fact: SignedFact): SignedFact
}

/** The facts about the cluster, and their store. */
export interface HostPolicy {
  readonly set: Policy
  /** Reads the facts that an earlier process stored. @throws {StorageError} they are damaged */
  load(): Promise<readonly PolicyFact[]>
  /** Stores the facts of the set. */
  store(): void
}

/** Limits, and parameters of the failure detector, that only tests and simulations set. */
export type Tuning = Partial<
  Pick<
    MembershipMachineOptions,
    'maxMembers' | 'maxDeltaBytes' | 'retentionMs' | 'parameters' | 'prior' | 'standing'
  >
>

export interface Engine {
  readonly self: string
  readonly machine: MembershipMachine
  /** The host starts the driver and passes it to the transport as its listener. */
  readonly driver: Driver
  readonly host: Host
  readonly notifications: AppNotifications
  /** The name of the cluster. */
  readonly name: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The bootstrap addresses, as multiaddrs. */
  readonly bootstrap: readonly string[]
  /** The incarnation in which this process started. */
  readonly incarnation: number
  /**
   * Stores the first incarnation, so that the member can publish as soon as it starts, and reads the stored policy facts.
   *
   * @throws {StorageError} the stored policy facts are damaged
   */
  prepare(): Promise<void>
}

/** The handle that the app uses. Receives the engine's events. */
export interface EngineListener extends DriverListener {
  readonly notifications: AppNotifications
  /**
   * From now on the listener belongs to this engine. Resets the listener, regardless of the state of the previous
   * engine.
   */
  attach(engine: Engine): void
}

/**
 * Creates an engine and attaches it to a handle.
 *
 * @param listener the handle
 * @param options checked by `checkMemberOptions`
 */
export function createEngine(
  listener: EngineListener,
  options: MemberOptions & { readonly cluster: string },
  host: Host,
  tuning: Tuning = {},
): Engine {
  const { id: self, clock, transport, keys, random, cachedPeers, authority } = host
  const { name = self.slice(-6), tags = {}, profile = 'lan', ephemeral = false } = options
  const bootstrap = (options.bootstrap ?? []).map(bootstrapMultiaddr)
  const now = clock.now()
  const incarnation = firstIncarnation(host.incarnation, now.epochMs, random)
  const record = {
    ...firstRecord({ name, tags: { ...tags }, incarnation, ephemeral }),
    ...(authority && { grants: authority.chain.bytes }),
  }
  const machine = new MembershipMachine(
    {
      self,
      record,
      bootstrap,
      cachedPeers,
      profile,
      random,
      ...(host.policy && { policy: host.policy.set }),
      ...(authority && { authority }),
      ...tuning,
    },
    now,
  )
  const persist = persistOnce(clock, each => host.persist(each))
  const cluster = clusterTag(options.cluster)
  const intern = host.share?.bind(host)
  const { notifications } = listener
  const driver = new Driver({
    machine,
    cluster,
    clock,
    transport,
    keys,
    host,
    persist,
    storePolicy: () => host.policy?.store(),
    listener,
    notifications,
    ...(authority && { grants: authority.grants }),
    ...(intern && { intern }),
  })
  const prepare = async () => {
    await persist(incarnation)
    if (host.policy) machine.restorePolicy(await host.policy.load(), clock.now())
  }
  const engine: Engine = {
    self,
    machine,
    driver,
    host,
    notifications,
    name: options.cluster,
    cluster,
    bootstrap,
    incarnation,
    prepare,
  }
  listener.attach(engine)
  return engine
}
