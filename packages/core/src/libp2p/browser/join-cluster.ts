/**
 * joinCluster for browsers: a member on WebRTC to other pages, and on WebSockets to members in Node.
 *
 * A member in Node that relays introduces pages to each other; what they then say goes directly. Nothing but the
 * introduction ever runs over a relay. A worker has no WebRTC: it knows pages through the members in Node.
 */
import { webRTC } from '@hearsay/webrtc'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { multiaddr } from '@multiformats/multiaddr'
import { bootstrapMultiaddr } from '../../api/bootstrap-address.ts'
import type { Cluster } from '../../api/cluster.ts'
import { InvalidOptionsError, ListenError } from '../../api/errors.ts'
import { openStorage } from '../../storage/browser/open-storage.ts'
import { createNode } from '../create-node.ts'
import { checkJoinOptions, type JoinOptions } from '../join-options.ts'
import { closingWebSockets } from '../web-socket-cleanup.ts'
import { boundedWebRTC } from './bounded-web-rtc.ts'
import { browser as platform } from './platform.ts'

/** Each `/p2p-circuit` is one relay, found among those one is connected to: if one dies there is another. */
const everywhere = ['/p2p-circuit', '/p2p-circuit', '/webrtc']

/** Workers, and some embedded browsers, have none. */
const hasWebRTC = 'RTCPeerConnection' in globalThis

/** Parts of an address that a page can dial. */
const dialled: ReadonlySet<string> = new Set(['ws', 'wss', 'webrtc', 'p2p-circuit'])

/**
 * Joins, and resolves at once: who else is there comes as events.
 *
 * @throws {InvalidOptionsError} an option; nothing was started
 * @throws {StorageError} the store; it was left as it is
 * @throws {ListenError} an address; nothing is left running
 */
export async function joinCluster(options: JoinOptions): Promise<Cluster> {
  checkJoinOptions(options)
  // No WebCrypto, no locks.
  if (!isSecureContext)
    throw new InvalidOptionsError(
      'joinCluster: serve the page over HTTPS or from localhost, browsers insist on it',
    )
  if (options.relay)
    throw new InvalidOptionsError('relay: a browser cannot be a relay. Let a member in Node be one')
  const { listen = hasWebRTC ? everywhere : [], bootstrap = [], iceServers } = options
  // Others among them do no harm: a member in Node tells all of its addresses.
  if (bootstrap.length > 0 && !bootstrap.some(isForPages))
    throw new InvalidOptionsError(
      'bootstrap: a page can dial none of these. Give a WebSocket, like /ip4/192.0.2.1/tcp/4002/ws',
    )
  const rtcConfiguration = iceServers && { iceServers: [...iceServers] }
  const webSockets = closingWebSockets(uri => {
    const socket = new WebSocket(uri)
    return { socket, destroy: () => socket.close() }
  })
  return await createNode(options, {
    platform,
    storage: await openStorage(options.storage),
    listen,
    node: {
      transports: hasWebRTC
        ? [
            webSockets,
            circuitRelayTransport(),
            boundedWebRTC(webRTC({ ...(rtcConfiguration && { rtcConfiguration }) })),
          ]
        : [webSockets],
      // Browsers judge by themselves whom a page may reach.
      connectionGater: { denyDialMultiaddr: () => false },
    },
    listenError: error => listenError(error, listen),
  })
}

function listenError(error: Error, listen: readonly string[]): ListenError {
  const hint = hasWebRTC ? '' : ". This is a worker, or a browser without WebRTC: leave 'listen' out"
  return new ListenError(`listen: ${listen.join(', ')} cannot be listened on${hint}`, { cause: error })
}

function isForPages(address: string): boolean {
  return multiaddr(bootstrapMultiaddr(address))
    .getComponents()
    .some(({ name }) => dialled.has(name))
}
