/** Bootstrap address: the address of the member to dial first, written as `host:port` or as a multiaddr. */
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { InvalidOptionsError } from './errors.ts'

/** `host:port`; an IPv6 address in brackets. */
const hostAndPort = /^(\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*):([1-9]\d{0,4})$/i

/** The address as a multiaddr: `example.org:4001` is `/dns4/example.org/tcp/4001`. Other strings stay unchanged. */
export function bootstrapMultiaddr(address: string): string {
  const [, host = '', port] = hostAndPort.exec(address) ?? []
  if (port === undefined) return address
  if (host.startsWith('[')) return `/ip6/${host.slice(1, -1)}/tcp/${port}`
  return `/${/^[\d.]+$/.test(host) ? 'ip4' : 'dns4'}/${host}/tcp/${port}`
}

/** Checks the option `bootstrap`. @throws {InvalidOptionsError} */
export function checkBootstrap(bootstrap: unknown): void {
  checkAddresses('bootstrap', bootstrap, bootstrapMultiaddr, '192.0.2.1:4001, or like ')
}

/**
 * Checks a list of addresses.
 *
 * @param hint an example in another notation, which the error message puts before its example of a multiaddr; with its joining
 * words, such as `192.0.2.1:4001, or like `
 * @throws {InvalidOptionsError} the message begins with the name of the option
 */
export function checkAddresses(
  option: string,
  list: unknown,
  read: (address: string) => string = address => address,
  hint = '',
): void {
  if (!Array.isArray(list)) throw new InvalidOptionsError(`${option}: give a list of addresses`)
  for (const address of list)
    if (typeof address !== 'string' || !isMultiaddr(read(address)))
      throw new InvalidOptionsError(
        `${option}: '${String(address)}' is not an address. Write it like ${hint}/ip4/192.0.2.1/tcp/4001, with /ws at the end for a WebSocket`,
      )
}

/** Whether the string is a multiaddr with at least one component, and names peers by whole ids. */
function isMultiaddr(address: string): boolean {
  try {
    const components = multiaddr(address).getComponents()
    // The multiaddr accepts any text after /p2p/, such as a part of an id.
    for (const { name, value = '' } of components) if (name === 'p2p') peerIdFromString(value)
    return components.length > 0
  } catch {
    return false
  }
}
