/**
 * Unadmitted sockets: bounds the inbound sockets over which no peer has been admitted yet, for each address and in all.
 *
 * All peers behind one address share the allowance of the address. A new socket beyond it takes the place of a socket that
 * makes no progress: of the oldest one that sent nothing, or else of the oldest one that is not admitted in time. So sockets
 * of an attacker that stay silent keep nobody out. If there is no such socket, the new one is closed.
 */

export interface UnadmittedSocket {
  /** How many bytes have arrived. */
  readonly bytesRead: number
  destroy(): void
}

/** Our choice: as many members of one host may join at the same time. */
export const maxPerAddress = 256
/** Our choice: four addresses at their bound, about 40 MB. */
export const maxUnadmitted = 1_024
/** Our choice: a peer sends its first bytes as soon as it is connected, and a busy member reads them within this time. */
export const silentMs = 250
/** Our choice: most handshakes take far less, even if the peer is on another continent. */
const slowMs = 2_000

interface Entry {
  readonly socket: UnadmittedSocket
  readonly sinceMs: number
}

export class UnadmittedSockets {
  /** Address → key of the socket → the socket, oldest first. */
  readonly #addresses = new Map<string, Map<string, Entry>>()
  #count = 0
  #dropped = 0

  /** The number of sockets that were closed because of the bounds. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#count
  }

  /** A socket was accepted. @returns whether it may stay; the caller closes it otherwise */
  add(address: string, key: string, socket: UnadmittedSocket, nowMs: number): boolean {
    const group = subnetOf(address)
    const known = this.#addresses.get(group)?.size ?? 0
    const full =
      known >= maxPerAddress ? group : this.#count >= maxUnadmitted ? this.#largestAddress() : undefined
    if (full !== undefined && !this.#dropOne(full, nowMs)) {
      this.#dropped += 1
      return false
    }
    const entries = this.#addresses.get(group) ?? new Map<string, Entry>()
    this.#addresses.set(group, entries.set(key, { socket, sinceMs: nowMs }))
    this.#count += 1
    return true
  }

  /** A peer was admitted over the socket, or the socket closed. */
  remove(address: string, key: string): void {
    const group = subnetOf(address)
    const entries = this.#addresses.get(group)
    if (!entries?.delete(key)) return
    this.#count -= 1
    if (entries.size === 0) this.#addresses.delete(group)
  }

  #largestAddress(): string | undefined {
    let largest: string | undefined
    let size = 0
    for (const [address, entries] of this.#addresses)
      if (entries.size > size) [largest, size] = [address, entries.size]
    return largest
  }

  #dropOne(address: string, nowMs: number): boolean {
    const entries = [...(this.#addresses.get(address) ?? [])]
    const isSilent = ({ socket, sinceMs }: Entry) => socket.bytesRead === 0 && nowMs - sinceMs >= silentMs
    const oldest = entries[0]
    const dropped =
      entries.find(([, entry]) => isSilent(entry)) ??
      (oldest && nowMs - oldest[1].sinceMs >= slowMs ? oldest : undefined)
    if (!dropped) return false
    const [key, { socket }] = dropped
    this.remove(address, key)
    this.#dropped += 1
    socket.destroy()
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
