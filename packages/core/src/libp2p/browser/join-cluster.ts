/**
 * joinCluster for browsers: a member that connects to other pages by WebRTC, and to members in Node by WebSockets.
 *
 * A member in Node with the option `relay` introduces pages to each other. Only the introduction uses the relay; then the
 * pages are connected directly. A worker has no WebRTC: it receives facts about pages through members in Node.
 */
import { webRTC } from '@hearsay/webrtc'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { multiaddr } from '@multiformats/multiaddr'
import { bootstrapMultiaddr } from '../../api/bootstrap-address.ts'
import type { Cluster } from '../../api/cluster.ts'
import { InvalidOptionsError, ListenError } from '../../api/errors.ts'
import { openStorage } from '../../storage/browser/open-storage.ts'
import { guardedComponents } from '../admission/guarded-components.ts'
import { createNode, type NodePlan } from '../create-node.ts'
import { checkJoinOptions, type JoinOptions, type NamedJoinOptions, withTicketOf } from '../join-options.ts'
import { closingWebSockets } from '../web-socket-cleanup.ts'
import { boundedWebRTC } from './bounded-web-rtc.ts'
import { platform } from './platform.ts'

/**
 * Each `/p2p-circuit` stands for one relay among the connected members. A page uses two, in case one of them
 * dies.
 */
const everywhere = ['/p2p-circuit', '/p2p-circuit', '/webrtc']

/** Workers and some embedded browsers have no WebRTC. */
const hasWebRTC = 'RTCPeerConnection' in globalThis

/** Parts of an address that a page can dial. */
const dialled: ReadonlySet<string> = new Set(['ws', 'wss', 'webrtc', 'p2p-circuit'])

/**
 * Creates a member and joins the cluster. Resolves before the member knows other members: those appear in `members` and
 * cause `join` events.
 *
 * @throws {InvalidOptionsError} an option is unusable, or the page is not in a secure context. Nothing was started.
 * @throws {StorageError} the store cannot be opened or read. The store is unchanged.
 * @throws {ListenError} the member cannot listen on an address. Nothing is left running.
 */
export async function joinCluster(given: JoinOptions): Promise<Cluster> {
  const options = await checkedOptions(given)
  return await createNode(options, { ...planOf(options), storage: await openStorage(options.storage) })
}

/** The options with what their ticket contains. @throws {InvalidOptionsError} a page cannot join with them */
export async function checkedOptions(given: JoinOptions): Promise<NamedJoinOptions> {
  checkJoinOptions(given)
  const options = await withTicketOf(given)
  // Without a secure context there are no WebCrypto and no locks.
  if (!isSecureContext)
    throw new InvalidOptionsError(
      'joinCluster: serve the page over HTTPS or from localhost, browsers require it',
    )
  if (options.relay)
    throw new InvalidOptionsError('relay: a browser cannot be a relay. Let a member in Node be one')
  if (options.identity)
    throw new InvalidOptionsError(
      'identity: leave it out, because several pages may be open. Each page has an identity in its storage',
    )
  const { bootstrap = [] } = options
  // Addresses that a page cannot dial are allowed among them, because a member in Node publishes all of its addresses.
  if (bootstrap.length > 0 && !bootstrap.some(isForPages))
    throw new InvalidOptionsError(
      'bootstrap: a page can dial none of these. Give a WebSocket, like /ip4/192.0.2.1/tcp/4002/ws',
    )
  return options
}

/** The plan of a page's node, without the store. */
export function planOf(options: NamedJoinOptions): Omit<NodePlan, 'storage'> {
  const { listen = hasWebRTC ? everywhere : [], iceServers } = options
  const rtcConfiguration = iceServers && { iceServers: [...iceServers] }
  const webSockets = closingWebSockets(uri => {
    const socket = new WebSocket(uri)
    return { socket, destroy: () => socket.close() }
  })
  return {
    platform,
    listen,
    node: gate => ({
      transports: hasWebRTC
        ? [
            webSockets,
            (components: Parameters<ReturnType<typeof circuitRelayTransport>>[0]) =>
              circuitRelayTransport()(guardedComponents(components, gate)),
            boundedWebRTC(components =>
              webRTC({ ...(rtcConfiguration && { rtcConfiguration }) })(guardedComponents(components, gate)),
            ),
          ]
        : [webSockets],
      // The browser itself decides which addresses a page may dial.
      connectionGater: { denyDialMultiaddr: () => false },
    }),
    listenError: error => listenError(error, listen),
  }
}

function listenError(error: Error, listen: readonly string[]): ListenError {
  const hint = hasWebRTC ? '' : ". This is a worker, or a browser without WebRTC: leave 'listen' out"
  return new ListenError(`listen: cannot listen on ${listen.join(', ')}${hint}`, { cause: error })
}

function isForPages(address: string): boolean {
  return multiaddr(bootstrapMultiaddr(address))
    .getComponents()
    .some(({ name }) => dialled.has(name))
}
