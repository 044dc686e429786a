/**
 * Member runtime: the parts of one member on a libp2p node, connected with each other: its store, its access to the cluster,
 * its transport and its engine.
 *
 * A node that is started again has a new runtime. Nothing is sent or accepted before the transport listens.
 */
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { bootstrapMultiaddr } from '../api/bootstrap-address.ts'
import type { Named } from '../api/ticket.ts'
import type { ClusterHandle } from '../handles/cluster-handle.ts'
import { createEngine, type Engine, type Host } from '../runtime/engine.ts'
import { datastoreKeyValues } from '../storage/datastore-key-values.ts'
import { memberStorage } from '../storage/member-storage.ts'
import { WriteQueue } from '../storage/write-queue.ts'
import { clusterTag } from '../wire/tags.ts'
import type { AdmissionGate } from './admission/admission-gate.ts'
import type { HearsayComponents, HearsayInit } from './hearsay-options.ts'
import { MemberPubsub } from './member-pubsub.ts'
import { openAccess } from './open-access.ts'
import type { Platform } from './platform.ts'
import { Libp2pTransport } from './transport.ts'
import { VerificationQueue } from './verification-queue.ts'

export interface RuntimeOptions {
  readonly init: Named<HearsayInit>
  readonly platform: Platform
  readonly gate: AdmissionGate
  /** Whether the node was created for this member alone. */
  readonly ownsNode: boolean
  readonly components: HearsayComponents
  readonly privateKey: Ed25519PrivateKey
}

export interface MemberRuntime {
  readonly engine: Engine
  readonly transport: Libp2pTransport
  readonly pubsub: MemberPubsub
  readonly writes: WriteQueue
  /** The tokens by which members find each other in a local network, the one to look for first. */
  readonly tokens: () => readonly string[]
}

/**
 * Creates the parts. The driver is not started.
 *
 * @param handle the engine is attached to it
 * @param measured the host, with what measures it
 * @throws {InvalidOptionsError} the ticket cannot be used
 * @throws {StorageError} the store cannot be read
 */
export async function openRuntime(
  handle: ClusterHandle,
  { init, platform, gate, ownsNode, components, privateKey }: RuntimeOptions,
  measured: (host: Host) => Host,
): Promise<MemberRuntime> {
  const self = components.peerId.toString()
  const log = components.logger.forComponent('hearsay')
  const cluster = clusterTag(init.cluster)
  const datastore = init.datastore ?? components.datastore
  const storage = memberStorage(datastore, cluster)
  const keyValues = datastoreKeyValues(datastore)
  const { clock } = platform
  const writes = new WriteQueue({
    keyValues,
    clock,
    changed: state => {
      if (state.status === 'failing') log.error('the store fails - %e', state.error)
      handle.storageChanged(state)
    },
  })
  const keys = platform.keys(privateKey)
  let engine: Engine | undefined
  const own = () => engine?.machine.ownGrants
  const access = await openAccess({ init, self, cluster, keys, platform, datastore, writes, own })
  const verification = new VerificationQueue()
  const pubsub = new MemberPubsub(components, gate, verification)
  const transport = new Libp2pTransport({
    components,
    cluster,
    keys: access.keys,
    hasSecret: access.hasSecret,
    ownsNode,
    gate,
    grants: access.grants,
    bootstrap: (init.bootstrap ?? []).map(bootstrapMultiaddr),
    pubsub,
    verification,
    log,
    hasLostAddress: platform.hasLostAddress,
    clock,
    namedMembers: platform.namedMembers,
  })
  const [incarnation, cachedPeers = []] = await Promise.all([
    storage.incarnation.read(),
    storage.cachedPeers.read(),
  ])
  const host = {
    id: self,
    clock,
    transport,
    keys,
    ...access.host,
    random: unpredictableNumber,
    incarnation,
    cachedPeers,
    persist: (incarnation: number) => writes.store([storage.incarnation.change(incarnation)]),
    persistCachedPeers: (addresses: readonly string[]) =>
      writes.push([storage.cachedPeers.change(addresses)]),
    keyValues,
    writes,
    log: (message: string) => log(message),
  }
  engine = createEngine(handle, init, measured(host))
  const { driver } = engine
  const { keyring } = access.host
  keyring?.attach(
    () => transport.keysChanged(),
    input => driver.handle(input),
  )
  if (keyring?.isReplaced)
    log('the secret of the options was replaced in this cluster. The member uses the keys in its store')
  return { engine, transport, pubsub, writes, tokens: access.tokens }
}

/** 0 ≤ n < 1. An attacker that could predict the numbers could predict the member's random link. */
function unpredictableNumber(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
