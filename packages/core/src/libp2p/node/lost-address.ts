/**
 * Lost address: whether this end of a connection has an address that this computer no longer has.
 *
 * No answer can arrive at such an address, so the connection need not be tested: after a laptop wakes up in another network,
 * all its connections are dead.
 */
import { Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import { type Interfaces, readInterfaces } from './network-interfaces.ts'

/** @returns false if the address is not known, as on connections over WebSockets, or if those of this computer are not */
export function hasLostAddress(connection: Connection): boolean {
  const address = localAddressOf(connection)
  if (address === undefined) return false
  const interfaces = readInterfaces()
  return interfaces !== undefined && !addressesOf(interfaces).has(address)
}

/** An internal of libp2p. In a version with another name no address is known, and a test fails. */
function localAddressOf(connection: Connection): string | undefined {
  const maConn: unknown = Reflect.get(connection, 'maConn')
  const socket: unknown =
    typeof maConn === 'object' && maConn !== null ? Reflect.get(maConn, 'socket') : undefined
  const address = socket instanceof Socket ? socket.localAddress : undefined
  return address === undefined ? undefined : withoutPrefix(address)
}

function addressesOf(interfaces: Interfaces): ReadonlySet<string> {
  const all = Object.values(interfaces).flatMap(infos => infos ?? [])
  return new Set(all.map(({ address }) => withoutPrefix(address)))
}

/** IPv4 in IPv6 has a prefix, and link-local IPv6 has a zone. */
const withoutPrefix = (address: string): string => address.replace(/^::ffff:/, '').replace(/%.*$/, '')
