/**
 * Simulated process: one run of a member's program, with the shipped engine on the member's clock, disk and network.
 *
 * The process reads its identity and its incarnation from the disk, and stores what must outlive it there.
 */
import type { Cluster, LeaveOptions } from '@hearsay/core'
import {
  type ClusterHandle,
  clusterTag,
  createEngine,
  type Engine,
  type Host,
  type KeyringKey,
  keyringKey,
  type MemberEvent,
  MemberKeyring,
  type MembershipMachine,
  openPolicy,
  type Signer,
  secretKey,
  type Transport,
  type Tuning,
  WriteQueue,
  withLeave,
} from '@hearsay/core/host'
import type { GossipTopics } from './gossip-topics.ts'
import type { MemberClock } from './member-clock.ts'
import type { MemberDisk } from './member-disk.ts'
import { ObservedHandle } from './observed-handle.ts'
import type { Random } from './random-stream.ts'
import type { SimulatedKeys } from './simulated-keys.ts'

const simulatedCluster = 'simulated'
export const simulatedTag: Uint8Array = clusterTag(simulatedCluster)

/** What all members of a long-running cluster know. */
export interface WarmStart {
  readonly prior: MembershipMachine
  /** Id → multiaddrs. */
  readonly addresses: ReadonlyMap<string, readonly Uint8Array[]>
}

/** What stays the same for all processes of a member. */
export interface ProcessOptions {
  readonly name: string
  readonly bootstrap: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  readonly tuning: Tuning
  readonly secret: string | undefined
  /** Whether the member with this id may change the keys of the cluster. */
  readonly mayChangeKeys: (author: string) => boolean
  /** Other members forget it when it has left. */
  readonly isEphemeral: boolean
  readonly keys: SimulatedKeys
  /** The member created a promise that may be awaited. */
  readonly promised: () => void
  /** Leaves the cluster, as the app of the running process would. */
  readonly leave: (options?: LeaveOptions) => Promise<void>
}

/** The member of the process, as the process uses it. */
export interface ProcessHost {
  readonly clock: MemberClock
  readonly disk: MemberDisk
  readonly random: Random
  readonly transport: Transport
  readonly share: NonNullable<Host['share']>
  /** Creates the topics of the process. */
  gossip(): GossipTopics
  event(event: MemberEvent): void
  /** The process ran a step. */
  stepped(): void
  note(message: string): void
  /** The keys of the process changed. */
  keysChanged(): void
}

export interface SimulatedProcess {
  readonly cluster: Cluster
  readonly handle: ClusterHandle
  /** The keys of the cluster, the primary one first; none in a cluster without a secret. */
  readonly keys: readonly KeyringKey[]
  readonly engine: Engine
  readonly gossip: GossipTopics
}

/** Creates the process. Its driver does not run yet. @param warmStart what the process knows from the start */
export function createProcess(
  options: ProcessOptions,
  host: ProcessHost,
  warmStart?: WarmStart,
): SimulatedProcess {
  const { name, profile, bootstrap, tuning, keys, promised } = options
  const { clock, disk, transport, random, share } = host
  const { id } = disk.identity
  const keyValues = disk.store.open()
  const writes = new WriteQueue({
    keyValues,
    clock,
    changed: state => handle.storageChanged(state),
  })
  const handle = new ObservedHandle(simulatedCluster, clock, {
    event: event => host.event(event),
    stepped: () => host.stepped(),
    promised,
  })
  const signer = keys.signerOf(id)
  const keyring = keyringOf(options, host, signer)
  const engine = createEngine(
    handle,
    {
      cluster: simulatedCluster,
      name,
      profile,
      bootstrap: [...bootstrap],
      ephemeral: options.isEphemeral,
    },
    {
      id,
      clock,
      transport,
      keys: { ...signer, verify: keys.verify.bind(keys) },
      random,
      incarnation: disk.incarnation,
      cachedPeers: disk.cachedPeers,
      keyValues,
      writes,
      persist: incarnation => disk.persistIncarnation(incarnation, writes),
      persistCachedPeers: addresses => {
        disk.cachedPeers = addresses
      },
      log: message => host.note(message),
      share,
      ...(keyring && {
        keyring,
        policy: openPolicy({ kinds: { keyring: keyring.kind } }, writes, simulatedTag),
      }),
    },
    { ...tuning, ...(warmStart && { prior: warmStart.prior }) },
  )
  keyring?.attach(
    () => host.keysChanged(),
    input => engine.driver.handle(input),
  )
  return {
    cluster: withLeave(handle, leaveOptions => options.leave(leaveOptions)),
    handle,
    engine,
    gossip: host.gossip(),
    get keys() {
      return keyring?.state.keys ?? []
    },
  }
}

function keyringOf(
  { secret, mayChangeKeys }: ProcessOptions,
  { clock, disk }: ProcessHost,
  keys: Signer,
): MemberKeyring | undefined {
  if (secret === undefined) return undefined
  const keyOf = (secret: string | Uint8Array) => secretKey(simulatedCluster, secret)
  return new MemberKeyring({
    cluster: simulatedTag,
    self: disk.identity.id,
    keys,
    clock,
    keyOf,
    given: [keyringKey(keyOf(secret), 0)],
    stored: disk.keyring,
    topics: new Uint8Array(32),
    mayChange: mayChangeKeys,
    store: state => {
      disk.keyring = state
    },
  })
}
