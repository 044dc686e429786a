/**
 * Engine: one member without a network of its own: the machine, its driver and the face that the app holds.
 *
 * A host gives it a clock, a transport, keys and a memory for the incarnation. libp2p is one host, a simulation
 * another; what they run is the same.
 */

import { bootstrapMultiaddr } from '../api/bootstrap-address.ts'
import type { MemberOptions } from '../api/member-options.ts'
import type { Clock } from '../base/clock.ts'
import { firstRecord } from '../member/local-record.ts'
import type { MembershipMachineOptions } from '../member/membership-machine.ts'
import { MembershipMachine } from '../member/membership-machine.ts'
import type { KeyValues } from '../storage/key-values.ts'
import { persistOnce } from '../storage/persist-once.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import { firstIncarnation } from '../table/incarnation.ts'
import type { SignedFact } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'
import { clusterTag } from '../wire/tags.ts'
import type { AppNotifications } from './app-notifications.ts'
import { Driver, type DriverListener } from './driver.ts'
import type { Transport } from './ports.ts'

/** What an engine is given from outside. */
export interface Host {
  /** The member id: its public key, as the transport authenticates it. */
  readonly id: string
  readonly clock: Clock
  readonly transport: Transport
  readonly keys: Signer & Verifier
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** What rooms and shared configs keep over a restart. */
  readonly keyValues: KeyValues
  /** The last incarnation that was persisted, or undefined if none was. */
  readonly incarnation: number | undefined
  /** Multiaddrs of members that an earlier life knew. */
  readonly cachedPeers: readonly string[]
  /** What is written on its way into that store. */
  readonly writes: WriteQueue
  /**
   * Stores the incarnation over a restart. The member speaks in it when this returned or its promise settled, but waits
   * for 250 ms at most.
   */
  persist(incarnation: number): void | Promise<void>
  /** Keeps the addresses of others over a restart; at most 256, and not more than once in half a minute. */
  persistCachedPeers(addresses: readonly string[]): void
  /** Logs something. */
  log(message: string): void
  /** Hands back an equal fact that was seen before, if there is one: hosts of many members save memory. @default the fact */
  share?(fact: SignedFact): SignedFact
}

/** What no app sets: bounds and numbers of the failure detector, for tests and simulations. */
export type Tuning = Partial<
  Pick<MembershipMachineOptions, 'maxMembers' | 'maxDeltaBytes' | 'retentionMs' | 'parameters' | 'prior'>
>

export interface Engine {
  readonly self: string
  readonly machine: MembershipMachine
  /** It has to be started, and to be told what the transport hears. */
  readonly driver: Driver
  readonly host: Host
  readonly notifications: AppNotifications
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** Stores the first incarnation, so that the member may speak as soon as it starts. Resolves within 250 ms. */
  prepare(): Promise<void>
}

/** What stands before an engine: an app holds it, and it hears what the engine tells. */
export interface EngineListener
  extends Pick<DriverListener, 'event' | 'stepped' | 'leaveAcknowledged' | 'identityChanged'> {
  readonly notifications: AppNotifications
  /** A new life, whatever became of the one before. */
  attach(engine: Engine): void
}

/** Puts an engine behind a face. @param options as checked by `checkMemberOptions`. */
export function createEngine(
  listener: EngineListener,
  options: MemberOptions,
  host: Host,
  tuning: Tuning = {},
): Engine {
  const { id: self, clock, transport, keys, random, cachedPeers } = host
  const { name = self.slice(-6), tags = {}, profile = 'lan' } = options
  const bootstrap = (options.bootstrap ?? []).map(bootstrapMultiaddr)
  const now = clock.now()
  const incarnation = firstIncarnation(host.incarnation, now.epochMs, random)
  const record = firstRecord({ name, tags: { ...tags }, incarnation })
  const machine = new MembershipMachine(
    { self, record, bootstrap, cachedPeers, profile, random, ...tuning },
    now,
  )
  const persist = persistOnce(clock, each => host.persist(each))
  const driverListener = {
    event: listener.event.bind(listener),
    stepped: listener.stepped.bind(listener),
    leaveAcknowledged: listener.leaveAcknowledged.bind(listener),
    identityChanged: listener.identityChanged.bind(listener),
    persist,
    persistCachedPeers: host.persistCachedPeers.bind(host),
    log: host.log.bind(host),
  }
  const cluster = clusterTag(options.cluster)
  const intern = host.share?.bind(host)
  const { notifications } = listener
  const driver = new Driver({
    machine,
    cluster,
    clock,
    transport,
    keys,
    listener: driverListener,
    notifications,
    ...(intern && { intern }),
  })
  const prepare = async () => await persist(incarnation)
  const engine = { self, machine, driver, host, notifications, cluster, prepare }
  listener.attach(engine)
  return engine
}
