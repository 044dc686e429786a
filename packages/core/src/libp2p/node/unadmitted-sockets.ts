/**
 * Unadmitted sockets: bounds inbound sockets of one kind over which no peer has been admitted yet, for each address and in all.
 *
 * All peers behind one address share the allowance of the address. A new socket beyond the allowance replaces the
 * oldest one, if that one has had its minimum time. So sockets that make no progress do not keep honest peers out.
 * Otherwise the new socket is closed.
 */

export interface UnadmittedSocket {
  destroy(): void
}

export interface SocketBounds {
  /** How many sockets one address may have. */
  readonly perAddress: number
  /** How many sockets all addresses may have. */
  readonly inAll: number
  /** The time that each socket has before another one may replace it. */
  readonly minMs: number
}

export class UnadmittedSockets {
  readonly #bounds: SocketBounds
  /** Address → socket → when it was added, oldest first. */
  readonly #addresses = new Map<string, Map<UnadmittedSocket, number>>()
  #count = 0
  #dropped = 0

  constructor(bounds: SocketBounds) {
    this.#bounds = bounds
  }

  /** The number of sockets that were closed because of the bounds. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#count
  }

  /** @returns whether the socket may stay; the caller closes it otherwise */
  add(address: string, socket: UnadmittedSocket, nowMs: number): boolean {
    const { perAddress, inAll } = this.#bounds
    const group = subnetOf(address)
    const known = this.#addresses.get(group)?.size ?? 0
    const full = known >= perAddress ? group : this.#count >= inAll ? this.#largestAddress() : undefined
    if (full !== undefined) {
      this.#dropped += 1
      if (!this.#dropOldest(full, nowMs)) return false
    }
    const sockets = this.#addresses.get(group) ?? new Map<UnadmittedSocket, number>()
    this.#addresses.set(group, sockets.set(socket, nowMs))
    this.#count += 1
    return true
  }

  /** The socket is not of this kind any more, or it closed. */
  remove(address: string, socket: UnadmittedSocket): void {
    this.#remove(subnetOf(address), socket)
  }

  #remove(group: string, socket: UnadmittedSocket): void {
    const sockets = this.#addresses.get(group)
    if (!sockets?.delete(socket)) return
    this.#count -= 1
    if (sockets.size === 0) this.#addresses.delete(group)
  }

  #largestAddress(): string | undefined {
    let largest: string | undefined
    let size = 0
    for (const [address, sockets] of this.#addresses)
      if (sockets.size > size) [largest, size] = [address, sockets.size]
    return largest
  }

  #dropOldest(group: string, nowMs: number): boolean {
    const [oldest] = this.#addresses.get(group) ?? []
    if (!oldest || nowMs - oldest[1] < this.#bounds.minMs) return false
    this.#remove(group, oldest[0])
    oldest[0].destroy()
    return true
  }
}

/** An IPv4 address, or the 64 bits of an IPv6 address that a provider gives to one customer. */
function subnetOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Math.max(0, 8 - before.length - after.length) : 0
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4)
  return groups.map(group => Number.parseInt(group, 16).toString(16)).join(':')
}
