/**
 * Join options: the options of `joinCluster` and `prepareCluster`, for Node and browsers, and what `prepareCluster`
 * resolves with. Some options have different defaults in browsers.
 */
import type { ComponentLogger, Metrics, NodeInfo } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { checkAddresses } from '../api/bootstrap-address.ts'
import { checkHalfPairs } from '../api/call-options.ts'
import type { Cluster } from '../api/cluster.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { checkMemberOptions, type MemberOptions, memberOptionNames } from '../api/member-options.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'
import type { Named } from '../api/ticket.ts'
import { keyFromMemberId } from '../wire/member-id.ts'

/** Options of `joinCluster`. An unknown or unusable option throws {@link InvalidOptionsError} before anything starts. */
export interface JoinOptions extends MemberOptions {
  /**
   * Multiaddrs to listen on: TCP and WebSockets in Node, relays and WebRTC in browsers. Port 0 takes any free port.
   *
   * @default `['/ip4/0.0.0.0/tcp/0']`, and `'/ip4/0.0.0.0/tcp/0/ws'` with `relay`; in browsers two relays and WebRTC; in
   *   workers, which have no WebRTC, none
   */
  listen?: readonly string[]
  /**
   * Further multiaddrs at which other members can dial this member: the address of a proxy that passes connections on, such
   * as `['/dns4/relay.example.org/tcp/443/wss']`, or the public address of a router or load balancer. Published before the
   * addresses on which the member listens. Loopback addresses are then not published. A member dials a DNS name only if
   * its own `bootstrap` contains the name. Ignored in browsers.
   *
   * @default none: the addresses on which the member listens
   */
  announce?: readonly string[]
  /**
   * Where to store identity, incarnation, addresses of other members, documents and configs. In Node: the path of a
   * folder, which is created if it is missing. In browsers: the name of an IndexedDB database. In both: an
   * interface-datastore that the app opens and closes. Each member needs its own. While another page uses the identity in
   * a database, further pages share its documents and configs and have identities of their own.
   *
   * @default memory: each start creates a new member, without stored documents and configs
   */
  storage?: string | Datastore
  /**
   * The member's private key: 32 random bytes, the seed of an Ed25519 key (RFC 8032). For apps that have a safe place for
   * keys, such as the keychain of the system. The member then does not write the key to `storage`. Pass another key for each
   * member, and the same key at each start. Not allowed in browsers.
   *
   * @default a key that the member creates at its first start and stores in `storage`, unencrypted without {@link wrapKey}
   */
  identity?: Uint8Array
  /**
   * Wraps the member's private key, for instance encrypts it with a key of the system's keychain: `storage` then contains
   * only the wrapped key. Receives the 64 bytes of the key, and returns at most 65,536 bytes, from which
   * {@link unwrapKey} restores the key. Called at the first start with these options. If `storage` already contains an
   * unwrapped key, the wrapped key replaces it; the files of a browser's database, and of a datastore of the app, may still
   * contain the unwrapped key for a while. If one of the functions throws, `joinCluster` rejects with a {@link StorageError},
   * and the store is unchanged. Not allowed together with `identity`. Ignored without `storage`.
   *
   * @default `storage` contains the key unencrypted
   */
  wrapKey?: KeyWrapping['wrapKey']
  /** Restores the key from the bytes that {@link wrapKey} returned. Called at each start. Pass both functions or none. */
  unwrapKey?: KeyWrapping['unwrapKey']
  /**
   * Whether this member and other members in the local network find each other by multicast DNS. Ignored in browsers.
   *
   * @default true
   */
  mdns?: boolean
  /**
   * Whether to introduce members that cannot be dialled, such as browsers, to each other. The member then acts as a circuit
   * relay (v2) until the two members have a direct connection. Each relayed connection ends after 128 KiB, both directions
   * together, or after 2 minutes. Not allowed in browsers.
   *
   * @default false
   */
  relay?: boolean
  /**
   * Origins of pages that may connect to this member by WebSocket, such as `['https://app.example.org']`; `['*']` allows all.
   * Pages of other origins receive the HTTP status 403. Always allowed: pages that the browser's own computer serves, pages
   * of the same IP address as the member at any port, and programs other than browsers, which send no origin. This
   * option does not keep peers out of the cluster: use `ticket` or `secret` for that. The option protects users against foreign
   * pages that they open in their browser. Ignored in browsers.
   *
   * @default none
   */
  origins?: readonly string[]
  /**
   * STUN and TURN servers that help pages to connect to each other through NATs. Ignored in Node.
   *
   * @default libp2p's list of public STUN servers
   */
  iceServers?: readonly IceServer[]
  /**
   * A factory of libp2p metrics, such as `prometheusMetrics()` of `@libp2p/prometheus-metrics` or `openTelemetryMetrics()` of
   * `@libp2p/opentelemetry-metrics`. The member reports the metrics of `docs/metrics.md` to it, libp2p its own. Give each
   * member of a process a registry of its own.
   *
   * @default none: nothing is measured, and no code for it is loaded
   */
  metrics?: (components: MetricsComponents) => Metrics
}

/** A member that can join a cluster sooner, because its code and its parts are ready. `prepareCluster` resolves with it. */
export interface PreparedMember {
  /**
   * Joins the cluster like `joinCluster`, with the same errors. What was prepared is used only if the store still contains the
   * same identity and no other page uses it. Otherwise this is a call of `joinCluster`. Call it once, and not after `close`.
   */
  join(): Promise<Cluster>
  /** Ends a member that is not needed. Does nothing after `join`. */
  close(): Promise<void>
}

/** How the store contains a member's private key. */
export interface KeyWrapping {
  /** Wraps the 64 bytes of the private key. @returns at most 65,536 bytes */
  readonly wrapKey: (key: Uint8Array) => Uint8Array | Promise<Uint8Array>
  /** Restores the 64 bytes of the private key from the bytes that `wrapKey` returned. @throws if it cannot */
  readonly unwrapKey: (wrapped: Uint8Array) => Uint8Array | Promise<Uint8Array>
}

/** The components that libp2p passes to a factory of metrics. */
export interface MetricsComponents {
  readonly logger: ComponentLogger
  readonly nodeInfo: NodeInfo
}

/** A STUN or TURN server, as `RTCIceServer` in browsers. */
export interface IceServer {
  /** One or more URLs: `stun:` or `stuns:`; with username and credential also `turn:` or `turns:`. */
  readonly urls: string | string[]
  /** User name. Required for TURN. */
  readonly username?: string
  /** Password. Required for TURN. */
  readonly credential?: string
}

const joinOptionNames: OptionNames<JoinOptions> = {
  ...memberOptionNames,
  listen: true,
  announce: true,
  storage: true,
  identity: true,
  wrapKey: true,
  unwrapKey: true,
  mdns: true,
  relay: true,
  origins: true,
  iceServers: true,
  metrics: true,
}

const seedBytes = 32

/** Checks the options of `joinCluster`. @throws {InvalidOptionsError} */
export function checkJoinOptions(options: JoinOptions): void {
  checkOptionNames('joinCluster', options, joinOptionNames, "{ cluster: 'atlas' }")
  checkMemberOptions(options)
  const { listen = [], announce = [], storage, identity, mdns, relay, origins, iceServers, metrics } = options
  checkAddresses('listen', listen)
  checkAddresses('announce', announce)
  checkStorage(storage)
  if (identity !== undefined && !(identity instanceof Uint8Array && identity.length === seedBytes))
    throw new InvalidOptionsError(`identity: give ${seedBytes} random bytes`)
  checkWrapping(options)
  for (const [name, value] of Object.entries({ mdns, relay }))
    if (value !== undefined && typeof value !== 'boolean')
      throw new InvalidOptionsError(`${name}: give true or false`)
  if (origins !== undefined && !(Array.isArray(origins) && origins.every(isOrigin)))
    throw new InvalidOptionsError(
      "origins: give a list like ['https://app.example.org'], without paths, or ['*']",
    )
  if (iceServers !== undefined && !(Array.isArray(iceServers) && iceServers.every(isIceServer)))
    throw new InvalidOptionsError(
      "iceServers: give a list like [{ urls: 'stun:stun.example.org' }], TURN servers with username and credential",
    )
  if (metrics !== undefined && typeof metrics !== 'function')
    throw new InvalidOptionsError('metrics: give a factory, like prometheusMetrics()')
}

/** Options of `joinCluster` with a cluster, and with the public key of its authority, if it has one. */
export type NamedJoinOptions = Named<JoinOptions> & { readonly authorityKey?: Uint8Array | undefined }

/** The options with what their ticket contains. The code is loaded only if there is a ticket. @throws {InvalidOptionsError} */
export async function withTicketOf(options: JoinOptions): Promise<NamedJoinOptions> {
  const { ticket, authority, cluster = '' } = options
  if (authority) {
    const { keyOfSeed } = await import('./seed-keys.ts')
    return { ...options, cluster, authorityKey: (await keyOfSeed(authority)).publicKey.raw }
  }
  if (ticket === undefined) return { ...options, cluster }
  const { withTicket } = await import('../api/ticket.ts')
  const named = withTicket(options)
  const authorityKey = keyFromMemberId(named.ticketContent?.chain.authority ?? '')
  return { ...named, authorityKey }
}

function checkWrapping({ identity, wrapKey, unwrapKey }: JoinOptions): void {
  for (const [name, given] of Object.entries({ wrapKey, unwrapKey }))
    if (given !== undefined && typeof given !== 'function')
      throw new InvalidOptionsError(`${name}: give a function that takes and returns bytes`)
  if ((wrapKey === undefined) !== (unwrapKey === undefined))
    throw new InvalidOptionsError('wrapKey, unwrapKey: give both, or none')
  if (identity !== undefined && wrapKey !== undefined)
    throw new InvalidOptionsError(
      "wrapKey: the storage contains no key if 'identity' is given. Give one of them",
    )
}

function checkStorage(storage: unknown): void {
  if (storage === undefined || isDatastore(storage)) return
  if (typeof storage !== 'string' || storage === '')
    throw new InvalidOptionsError(
      'storage: give the path of a folder (in browsers the name of a database), or an interface-datastore',
    )
  checkHalfPairs('storage: the name', storage)
}

const datastoreMethods = ['get', 'put', 'has', 'delete', 'query', 'queryKeys', 'batch']

/**
 * Whether the value has the methods of an interface-datastore. `instanceof` would fail if the app uses
 * another copy of the package.
 */
export function isDatastore(value: unknown): value is Datastore {
  if (typeof value !== 'object' || value === null) return false
  return datastoreMethods.every(name => typeof Reflect.get(value, name) === 'function')
}

/** Whether this is `*`, or an origin as browsers send it: a scheme, a host and perhaps a port. */
function isOrigin(origin: unknown): boolean {
  return typeof origin === 'string' && (origin === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(origin))
}

/** Whether the constructor of `RTCPeerConnection` accepts servers of this form. */
function isIceServer(server: unknown): boolean {
  if (typeof server !== 'object' || server === null) return false
  const { urls, username, credential }: Partial<Record<keyof IceServer, unknown>> = server
  const hasLogin = typeof username === 'string' && typeof credential === 'string'
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls]
  const isUrl = (url: unknown) =>
    typeof url === 'string' && (hasLogin ? /^(stun|turn)s?:/i : /^stuns?:/i).test(url)
  return list.length > 0 && list.every(isUrl)
}
