/**
 * WebSocket origins: which pages may connect to this member's WebSocket listeners.
 *
 * Browsers let any page open a WebSocket to any host, also to loopback and to hosts behind a firewall, and send the origin
 * of the page along. Programs other than browsers send none, and are not affected: the check protects the visitors of
 * pages, and the admission protects the cluster.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener } from '@libp2p/interface'

/**
 * Whether a page of this origin may connect.
 *
 * Two kinds of pages are always allowed: pages that the browser's own computer serves, and pages of the host that the
 * request names, at any port, if this host is an IP address. A name is no evidence: an attacker's name can lead to any
 * address (DNS rebinding).
 *
 * @param origin the header `Origin`; undefined if the other end is no browser
 * @param host the header `Host`
 * @param origins the origins that the app allows; `*` allows all
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  origins: readonly string[],
): boolean {
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true
  const page = hostnameOf(origin)
  if (page === undefined) return false
  return isLoopback(page) || (isIpAddress(page) && page === hostnameOf(`http://${host}`))
}

/** Makes a listener answer with 403 to pages of other origins. Replaces an internal function of libp2p: a test fails if
 * libp2p renames it. */
export function checkOrigins(listener: Listener, origins: readonly string[]): void {
  const accept: unknown = Reflect.get(listener, 'onUpgrade')
  if (typeof accept !== 'function') return
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { origin, host } = request.headers
    if (isAllowedOrigin(origin, host, origins)) Reflect.apply(accept, listener, [request, socket, head])
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  }
  Reflect.set(listener, 'onUpgrade', upgrade)
}

function hostnameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname
  } catch {
    return undefined
  }
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)

const isIpAddress = (hostname: string): boolean => /^\[.*\]$|^\d+\.\d+\.\d+\.\d+$/.test(hostname)
