/**
 * joinCluster for Node: a member on TCP and WebSockets with Noise and yamux, which can introduce browsers to each other.
 * prepareCluster only checks the options, because a member starts fast in Node.
 */
import type { Listener } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import type { Cluster } from '../../api/cluster.ts'
import { InvalidOptionsError, ListenError } from '../../api/errors.ts'
import { FolderMode } from '../../storage/node/folder-mode.ts'
import { openStorage, storageBytes } from '../../storage/node/open-storage.ts'
import { guardedComponents } from '../admission/guarded-components.ts'
import { createNode, type MemberNode } from '../create-node.ts'
import { dialDiscovered } from '../discovery-dialler.ts'
import { checkJoinOptions, type JoinOptions, type PreparedMember, withTicketOf } from '../join-options.ts'
import { BootstrapNames } from './bootstrap-names.ts'
import { DnsLookup } from './dns-lookup.ts'
import { givenIdentity } from './given-identity.ts'
import { InboundSockets } from './inbound-sockets.ts'
import { lazyWebSockets } from './lazy-web-sockets.ts'
import type { LocalDiscovery } from './local-discovery.ts'
import { onNetworkChange } from './network-change-detector.ts'
import { keepAddresses } from './network-interfaces.ts'
import { platform } from './platform.ts'
import { maxReservations, RelayBounds } from './relay-bounds.ts'
import { checkOrigins } from './web-socket-origins.ts'

const anyTcp = '/ip4/0.0.0.0/tcp/0'

/**
 * Creates a member and joins the cluster. Resolves as soon as this member listens, before it knows other members: those
 * appear in `members` and cause `join` events.
 *
 * @throws {InvalidOptionsError} an option is unusable, or Node is older than version 22. Nothing was started.
 * @throws {StorageError} the store cannot be opened or read. The store is unchanged.
 * @throws {ListenError} the member cannot listen on an address. Nothing is left running.
 */
export async function joinCluster(given: JoinOptions): Promise<Cluster> {
  checkRuntime()
  checkJoinOptions(given)
  const options = await withTicketOf(given)
  const { relay = false, listen = relay ? [anyTcp, `${anyTcp}/ws`] : [anyTcp] } = options
  checkListen(listen)
  const { identity } = options
  const lookups = new DnsLookup()
  const { lookup } = lookups
  const dialOpts = { noDelay: true, lookup }
  const stops = [() => lookups.cancel()]
  let discovery: LocalDiscovery | undefined
  const inbound = new InboundSockets()
  const relayBounds = new RelayBounds()
  const folderMode = new FolderMode(options.storage)
  const checkListener = (listener: Listener) => {
    checkOrigins(listener, options.origins ?? [])
    keepAddresses(listener)
  }
  // Each module is loaded only if it is used, so that a member starts fast.
  const listensOnWebSockets = listen.some(address => /\/wss?(\/|$)/.test(address))
  const webSockets = listensOnWebSockets ? (await import('./web-sockets.ts')).nodeWebSockets : lazyWebSockets
  const local = options.mdns === false ? undefined : await import('./local-discovery.ts')
  const relayServer = relay ? (await import('@libp2p/circuit-relay-v2')).circuitRelayServer : undefined
  const resolve = (host: string, family: 4 | 6) => lookups.addresses(host, family)
  return await createNode(options, {
    platform: { ...platform, namedMembers: new BootstrapNames({ resolve, random: Math.random }) },
    storage: await openStorage(options.storage),
    ...(identity && { identity: datastore => givenIdentity(datastore, identity) }),
    listen,
    ...(options.announce && { announce: options.announce }),
    node: gate => ({
      transports: [
        inbound.bounded(tcp({ dialOpts }), keepAddresses),
        inbound.bounded(webSockets(lookup), checkListener),
      ],
      services: {
        inbound: (components: Parameters<typeof inbound.follow>[0]) => inbound.follow(components, gate),
        ...(relayServer && {
          relay(components: Parameters<ReturnType<typeof relayServer>>[0]) {
            const relay = relayServer({ reservations: { maxReservations } })(
              guardedComponents(components, gate),
            )
            relayBounds.attach(components.connectionManager, relay.reservations)
            return relay
          },
        }),
      },
      connectionGater: relayBounds.gater,
    }),
    listenError: error => new ListenError(`listen: ${listenReason(error, listen)}`, { cause: error }),
    started(node) {
      const log = node.logger.forComponent('hearsay')
      void folderMode.check().then(() => {
        if (folderMode.problem) log.error(folderMode.problem.text)
      })
      if (relay && options.secret === undefined && !options.keyring && !options.authorityKey)
        log(
          "anybody who knows the cluster's name may use this relay, within its limits. Give all members a secret to prevent that",
        )
      if (!local) return
      const finder = new local.LocalDiscovery({
        services: () => node.services.cluster.discoveryTokens.map(token => `_${token}._udp.local`),
        instance: node.peerId.toString(),
        addresses: () => node.services.cluster.self.addresses,
        failed: reason => log.error('local discovery does not work: %s', reason),
      })
      let stopDialling = dialFrom(finder, node)
      stops.push(
        () => stopDialling(),
        onNetworkChange(() => {
          // Earlier dials no longer count, because the network may be the cause of their failures.
          stopDialling()
          stopDialling = dialFrom(finder, node)
          finder.refresh()
        }),
        () => finder.stop(),
      )
      discovery = finder
    },
    figures: {
      ...(relay && { relay: { maxReservations, reservations: () => relayBounds.count() } }),
      ...(typeof options.storage === 'string' && { storageBytes: storageBytes(options.storage) }),
    },
    health() {
      const problems = [relayBounds.problem(performance.now()), folderMode.problem]
      return {
        localDiscoveryError: discovery?.fault,
        droppedConnections: inbound.dropped,
        problems: problems.filter(each => each !== undefined),
      }
    },
    stopping() {
      for (const stop of stops) stop()
    },
  })
}

/**
 * Prepares a member for a later join. In browsers it loads code and reads the identity; in Node it prepares nothing.
 *
 * @throws {InvalidOptionsError} an option is unusable
 */
export async function prepareCluster(options: JoinOptions): Promise<PreparedMember> {
  checkJoinOptions(options)
  return { join: () => joinCluster(options), close: async () => {} }
}

/** libp2p's own error would only name the missing function. */
function checkRuntime(): void {
  if (!('withResolvers' in Promise))
    throw new InvalidOptionsError(`joinCluster: needs Node 22 or newer, this is ${process.version}`)
}

/** The transports would accept these addresses, but no other member could dial them. */
function checkListen(listen: readonly string[]): void {
  for (const address of listen) {
    const names = multiaddr(address)
      .getComponents()
      .map(({ name }) => name)
    if (names.includes('unix')) throw new InvalidOptionsError(`listen: ${address} ${notListenable}`)
    if (names.includes('tls') || names.includes('wss'))
      throw new InvalidOptionsError(
        `listen: ${address} needs a certificate, which a member does not have. Listen on /ws behind a proxy with a certificate, and give the proxy's address as announce`,
      )
  }
}

const notListenable =
  'is not a TCP or WebSocket address. Write it like /ip4/0.0.0.0/tcp/4001, or with /ws at the end'

function dialFrom(discovery: LocalDiscovery, node: MemberNode): () => void {
  const { cluster } = node.services
  return dialDiscovered({
    discovery,
    status: id => cluster.members.getSnapshot().find(member => member.id === id)?.status,
    visible: () => cluster.health.getSnapshot().visible,
    own: () => node.getMultiaddrs(),
    dial: addresses => node.dial(addresses),
    random: Math.random,
  })
}

function listenReason(error: unknown, listen: readonly string[]): string {
  const message = error instanceof Error ? [error.message, ...nestedMessages(error)].join(' ') : String(error)
  const where = listen.join(', ')
  if (message.includes('EADDRINUSE')) {
    const taken = / in use (\S+:(\d+))/.exec(message)
    const same = sharing(listen, taken?.[2])
    if (same.length > 1) return `${same.join(' and ')} have the same port. Give each address its own port`
    return `${taken?.[1] ?? where} is in use by another process. Choose another port, or 0 for any`
  }
  if (message.includes('EADDRNOTAVAIL')) return `${where} is not an address of this computer`
  if (message.includes('EACCES')) return `${where} needs more rights. Choose a port above 1023`
  if (message.includes('No transport')) return `${where} ${notListenable}`
  return `cannot listen on ${where}: ${message.split('\n', 1)[0]}`
}

/** The addresses that need one port on the same network interface. */
function sharing(listen: readonly string[], port: string | undefined): string[] {
  const parts = listen.map(address => {
    const [host, tcp] = multiaddr(address).getComponents()
    return { address, host, port: tcp?.value }
  })
  const first = parts.filter(each => each.port === port)
  const isAny = (host: string | undefined) => host === '0.0.0.0' || host === '::'
  return first
    .filter(each =>
      first.some(
        other =>
          other !== each &&
          other.host?.name === each.host?.name &&
          (other.host?.value === each.host?.value || isAny(other.host?.value) || isAny(each.host?.value)),
      ),
    )
    .map(({ address }) => address)
}

function nestedMessages(error: Error): string[] {
  const nested =
    error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause]
  return nested.flatMap(each =>
    each instanceof Error ? [each.message, ...nestedMessages(each)] : [String(each)],
  )
}
