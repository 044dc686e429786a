/** Reach: from which networks a member can be dialled, according to its addresses. */
import { BlockList, isIP } from 'node:net'

/** `dial-only`: it has no address, so it can only dial others. */
export type Reach = 'public' | 'private' | 'this machine' | 'relayed' | 'dial-only'

const loopback = subnets(['127.0.0.0', 8], ['::1', 128])
/** Networks that the internet does not route: RFC 1918, RFC 3927, RFC 6598, RFC 4193, RFC 4291. */
const unrouted = subnets(
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
  ['fe80::', 10],
)

/** The widest reach of these multiaddrs. A name of the domain name system counts as public. */
export function reachOf(addresses: readonly string[]): Reach {
  const reaches = addresses.map(reachOfAddress)
  return order.find(reach => reaches.includes(reach)) ?? 'dial-only'
}

const order: readonly Reach[] = ['public', 'private', 'relayed', 'this machine']

function reachOfAddress(address: string): Reach {
  if (address.includes('/p2p-circuit')) return 'relayed'
  const [, , host = ''] = address.split('/')
  const version = isIP(host)
  if (version === 0) return 'public'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (loopback.check(host, family)) return 'this machine'
  return unrouted.check(host, family) ? 'private' : 'public'
}

function subnets(...networks: readonly (readonly [network: string, bits: number])[]): BlockList {
  const list = new BlockList()
  for (const [network, bits] of networks)
    list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4')
  return list
}
