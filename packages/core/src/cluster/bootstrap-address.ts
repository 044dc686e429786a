/** Bootstrap address: a member to start from, as people write it, and as a multiaddr. */
import { multiaddr } from '@multiformats/multiaddr'
import { InvalidOptionsError } from './errors.ts'

/** `host:port`; an IPv6 address in brackets. */
const hostAndPort = /^(?:\[(?<ip6>[\da-f:.]+)\]|(?<host>[\w-]+(?:\.[\w-]+)*)):(?<port>[1-9]\d{0,4})$/i
const ip4 = /^\d+(?:\.\d+){3}$/

/** The same as a multiaddr: `example.org:4001` is `/dns4/example.org/tcp/4001`. Other texts stay as they are. */
export function bootstrapMultiaddr(address: string): string {
  const groups = hostAndPort.exec(address)?.groups
  if (!groups) return address
  const { ip6, host = '', port } = groups
  if (ip6 !== undefined) return `/ip6/${ip6}/tcp/${port}`
  return `/${ip4.test(host) ? 'ip4' : 'dns4'}/${host}/tcp/${port}`
}

/** @throws {InvalidOptionsError} */
export function checkBootstrap(bootstrap: unknown): void {
  if (!Array.isArray(bootstrap))
    throw new InvalidOptionsError(`bootstrap: give a list of addresses, like ['192.0.2.1:4001']`)
  for (const address of bootstrap)
    if (typeof address !== 'string' || !isMultiaddr(bootstrapMultiaddr(address)))
      throw new InvalidOptionsError(
        `bootstrap: '${String(address)}' is no address. Write it like 192.0.2.1:4001, example.org:4001 or /ip4/192.0.2.1/tcp/4001, or /ip4/192.0.2.1/tcp/4002/ws for a WebSocket`,
      )
}

/** A multiaddr of at least one component. */
export function isMultiaddr(address: string): boolean {
  try {
    return multiaddr(address).getComponents().length > 0
  } catch {
    return false
  }
}
