/** Options of `joinCluster`: the same in Node and in browsers, where some have other defaults. */
import type { Datastore } from 'interface-datastore'
import { checkAddresses } from '../api/bootstrap-address.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import {
  checkHalfPairs,
  checkMemberOptions,
  type MemberOptions,
  memberOptionNames,
} from '../api/member-options.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'

export interface JoinOptions extends MemberOptions {
  /**
   * Multiaddrs to listen on: TCP and WebSockets in Node, relays and WebRTC in browsers.
   *
   * @default `['/ip4/0.0.0.0/tcp/0']`, with a WebSocket address besides if `relay` is set; in browsers two relays,
   *   and WebRTC
   */
  listen?: readonly string[]
  /**
   * For identity, incarnation, documents and configs: the path of a folder, in browsers the name of an IndexedDB
   * database, or an interface-datastore that you open and close.
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

const joinOptionNames: OptionNames<JoinOptions> = {
  ...memberOptionNames,
  listen: true,
  storage: true,
  mdns: true,
  relay: true,
  iceServers: true,
}

/** @throws {InvalidOptionsError} */
export function checkJoinOptions(options: JoinOptions): void {
  checkOptionNames('joinCluster', options, joinOptionNames, "{ cluster: 'atlas' }")
  checkMemberOptions(options)
  const { listen = [], storage, mdns, relay, iceServers } = options
  checkAddresses('listen', listen)
  checkStorage(storage)
  for (const [name, value] of Object.entries({ mdns, relay }))
    if (value !== undefined && typeof value !== 'boolean')
      throw new InvalidOptionsError(`${name}: give true or false`)
  if (iceServers !== undefined && !(Array.isArray(iceServers) && iceServers.every(isIceServer)))
    throw new InvalidOptionsError(
      "iceServers: give a list like [{ urls: 'stun:stun.example.org' }], TURN servers with username and credential",
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

/** Whether it looks like an interface-datastore: another copy's class is none of ours. */
export function isDatastore(value: unknown): value is Datastore {
  if (typeof value !== 'object' || value === null) return false
  return datastoreMethods.every(name => typeof Reflect.get(value, name) === 'function')
}

/** What `RTCPeerConnection` would refuse only when it is made. */
function isIceServer(server: unknown): boolean {
  if (typeof server !== 'object' || server === null) return false
  const { urls, username, credential }: Partial<Record<keyof IceServer, unknown>> = server
  const hasLogin = typeof username === 'string' && typeof credential === 'string'
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls]
  const isUrl = (url: unknown) =>
    typeof url === 'string' && (hasLogin ? /^(stun|turn)s?:/i : /^stuns?:/i).test(url)
  return list.length > 0 && list.every(isUrl)
}
