/** Options of `joinCluster`: the same in Node and in browsers, where some have other defaults. */
import type { Datastore } from 'interface-datastore'
import { InvalidOptionsError } from '../cluster/errors.ts'
import { checkAddress, checkMemberOptions, type MemberOptions } from '../cluster/options.ts'

export interface JoinOptions extends MemberOptions {
  /**
   * Multiaddrs to listen on: TCP and WebSockets in Node, relays and WebRTC in browsers.
   *
   * @default `['/ip4/0.0.0.0/tcp/0']`, with a WebSocket address besides if `relay` is set; in browsers two relays,
   *   and WebRTC
   */
  listen?: readonly string[]
  /**
   * For identity, incarnation, documents and configs: a folder, in browsers the name of an IndexedDB database, or a
   * datastore.
   *
   * @default memory: a new member at each start
   */
  storage?: string | Datastore
  /** Find members of the cluster in the local network by multicast DNS. Not in browsers. @default true */
  mdns?: boolean
  /**
   * Introduce members to each other that cannot be dialled, as browsers: a circuit relay (v2) for the first words, up
   * to 128 kB and two minutes for each introduction. Not in browsers.
   *
   * @default false
   */
  relay?: boolean
  /**
   * STUN and TURN servers by which pages find a way to each other through NATs. Only in browsers.
   *
   * @default libp2p's list of public STUN servers
   */
  iceServers?: readonly IceServer[]
}

/** As `RTCIceServer` in browsers. */
export interface IceServer {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}

/** @throws {InvalidOptionsError} */
export function checkJoinOptions(options: JoinOptions): void {
  checkMemberOptions(options)
  for (const address of options.listen ?? []) checkAddress('listen', address)
  const { mdns, relay } = options
  if (mdns !== undefined && typeof mdns !== 'boolean')
    throw new InvalidOptionsError('mdns: give true or false')
  if (relay !== undefined && typeof relay !== 'boolean')
    throw new InvalidOptionsError('relay: give true or false')
}
