/**
 * Simulated network: links, dials, frames and rumors between simulated members, all from one seed.
 *
 * Links are as TCP has them: a crash is heard at the other end, a cut is heard nowhere. Rumors flood: each member
 * that accepts one hands it to all its links, once, which is what gossipsub comes to when nothing is lost.
 */
import { hash } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import type { Channel, Transport } from '../src/cluster/ports.ts'
import type { Connection, SimulatedMember } from './simulated-member.ts'
import type { VirtualTime } from './virtual-time.ts'

/** As libp2p dials. */
const dialTimeoutMs = 5_000
/** Linux gives up a connection on which nothing gets through after about this long (tcp_retries2 = 15). */
const tcpPatienceMs = 924_000
/** As gossipsub remembers messages. */
const seenMs = 120_000

export type DialOutcome = 'open' | 'refused' | 'unreachable' | 'network-down'

export class SimulatedNetwork {
  /** Of rumors, the share that is lost on each link. */
  rumorLoss = 0
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #members: readonly SimulatedMember[]
  /** `from>to`. */
  readonly #cuts = new Set<string>()
  #trace = 0x811c9dc5

  /** @param members may grow. */
  constructor(time: VirtualTime, members: readonly SimulatedMember[], random: () => number) {
    this.#time = time
    this.#members = members
    this.#random = random
  }

  /** Equal for two runs of the same seed. */
  get trace(): number {
    return this.#trace
  }

  /** From now on nothing gets from one to the other. */
  cut(from: SimulatedMember, to: SimulatedMember): void {
    this.#cuts.add(`${from.id}>${to.id}`)
  }

  heal(): void {
    this.#cuts.clear()
  }

  /** The process is gone and its kernel tells the other ends. Without `tell` it is the machine that went. */
  hangUp(member: SimulatedMember, tell: boolean): void {
    if (tell)
      for (const [id, connection] of member.links) this.#closeOther(member, this.#memberOf(id), connection)
    member.links.clear()
  }

  transportOf(member: SimulatedMember): Transport {
    return {
      send: (to, channel, frame) => this.#send(member, this.#memberOf(to), channel, frame),
      publish: rumor => {
        const name = hash('sha1', rumor)
        member.seen.set(name, this.#time.nowMs)
        this.#flood(member, undefined, name, rumor)
      },
      dial: id => {
        // As with libp2p: what stands is used, and nothing is said.
        if (member.links.has(id)) return
        const [address] = member.learned.get(id) ?? []
        const target = address && this.#memberAt(multiaddr(address).toString())
        this.#dial(member, target, found => {
          const outcome = found === 'open' && target?.id !== id ? 'refused' : found
          if (outcome === 'open') this.#open(member, this.#memberOf(id))
          else member.deliver(driver => driver.link(id, outcome))
        })
      },
      dialBootstrap: address => {
        const target = this.#memberAt(address)
        this.#dial(member, target, outcome => {
          if (outcome !== 'open' || !target) return
          this.#open(member, target)
          member.deliver(driver => driver.bootstrapped(address, target.id))
        })
      },
      disconnect: id => {
        const connection = member.links.get(id)
        if (!connection) return
        this.#closeOther(member, this.#memberOf(id), connection)
        this.#time.after(0, () => this.#close(member, id, connection))
      },
      learn: (id, addresses) => {
        member.learned.set(id, addresses)
      },
      mute: () => [],
    }
  }

  /** A new connection stands; an older one that one end still held is replaced without a word, as in libp2p. */
  #open(from: SimulatedMember, to: SimulatedMember): void {
    const connection: Connection = { silentSinceMs: undefined }
    for (const [member, other, dialled] of [
      [to, from, false],
      [from, to, true],
    ] as const) {
      const isNew = !member.links.has(other.id)
      member.links.set(other.id, connection)
      if (isNew) member.deliver(driver => driver.link(other.id, 'open', dialled))
    }
  }

  #dial(from: SimulatedMember, to: SimulatedMember | undefined, then: (outcome: DialOutcome) => void): void {
    const end = (outcome: DialOutcome, afterMs: number): void => {
      const { isRunning } = from
      this.#time.after(afterMs, () => isRunning && from.isRunning && then(outcome))
    }
    if (from.isOffline) end('network-down', 1)
    else if (!to || to === from || !this.#reaches(from, to) || !this.#reaches(to, from) || to.isAsleep)
      end('unreachable', dialTimeoutMs)
    else if (!to.isRunning) end('refused', this.#latencyMs())
    // The kernel accepts for a stopped process, and nobody shakes hands.
    else if (to.isPaused) end('unreachable', dialTimeoutMs)
    else {
      const afterMs = 3 * this.#latencyMs()
      this.#time.after(afterMs, () => {
        if (!from.isRunning) return
        if (!this.#reaches(from, to) || to.isPaused) end('unreachable', dialTimeoutMs - afterMs)
        else then(to.isRunning ? 'open' : 'refused')
      })
    }
  }

  #send(from: SimulatedMember, to: SimulatedMember, channel: Channel, frame: Uint8Array): void {
    from.sent[channel] += frame.length
    const connection = from.links.get(to.id)
    if (connection) this.#transmit(from, to, connection, channel, frame)
    else
      this.#dial(from, to, outcome => {
        if (outcome !== 'open') return
        if (!from.links.has(to.id)) this.#open(from, to)
        const opened = from.links.get(to.id)
        if (opened) this.#transmit(from, to, opened, channel, frame)
      })
  }

  #transmit(
    from: SimulatedMember,
    to: SimulatedMember,
    connection: Connection,
    channel: Channel,
    frame: Uint8Array,
  ): void {
    this.#cross(from, to, connection, () => {
      this.#record(from, to, channel, frame)
      to.deliver(driver => driver.frame(from.id, channel, frame))
    })
  }

  #flood(from: SimulatedMember, source: string | undefined, name: string, rumor: Uint8Array): void {
    for (const [id, connection] of from.links) {
      if (id === source) continue
      from.sent.rumor += rumor.length
      if (this.rumorLoss > 0 && this.#random() < this.rumorLoss) continue
      const to = this.#memberOf(id)
      this.#cross(from, to, connection, () =>
        to.deliver(driver => {
          if (this.#time.nowMs - (to.seen.get(name) ?? Number.NEGATIVE_INFINITY) < seenMs) return
          to.seen.set(name, this.#time.nowMs)
          this.#record(from, to, 'rumor', rumor)
          if (driver.rumor(from.id, rumor) === 'accept') this.#flood(to, from.id, name, rumor)
        }),
      )
    }
  }

  /** Over one link: in time, not at all, or to an end that has hung up and says so. */
  #cross(from: SimulatedMember, to: SimulatedMember, connection: Connection, arrive: () => void): void {
    if (!this.#reaches(from, to) || to.isAsleep) {
      connection.silentSinceMs ??= this.#time.nowMs
      if (this.#time.nowMs - connection.silentSinceMs > tcpPatienceMs)
        this.#time.after(0, () => this.#close(from, to.id, connection))
      return
    }
    connection.silentSinceMs = undefined
    this.#time.after(this.#latencyMs(), () => {
      if (to.links.get(from.id) === connection) arrive()
      else this.#closeOther(to, from, connection)
    })
  }

  #closeOther(from: SimulatedMember, to: SimulatedMember, connection: Connection): void {
    if (this.#reaches(from, to))
      this.#time.after(this.#latencyMs(), () => this.#close(to, from.id, connection))
  }

  #close(member: SimulatedMember, id: string, connection: Connection): void {
    if (member.links.get(id) !== connection) return
    member.links.delete(id)
    member.deliver(driver => driver.link(id, 'closed'))
  }

  #reaches(from: SimulatedMember, to: SimulatedMember): boolean {
    return !from.isOffline && !to.isOffline && !this.#cuts.has(`${from.id}>${to.id}`)
  }

  #memberOf(id: string): SimulatedMember {
    const member = this.#members.find(each => each.id === id)
    if (!member) throw new Error(`no member ${id}`)
    return member
  }

  #memberAt(address: string): SimulatedMember | undefined {
    return this.#members.find(each => each.address === address)
  }

  #latencyMs(): number {
    return 1 + 4 * this.#random()
  }

  #record(from: SimulatedMember, to: SimulatedMember, what: string, bytes: Uint8Array): void {
    const mix = (value: number) => {
      this.#trace = Math.imul(this.#trace ^ value, 0x01000193) >>> 0
    }
    mix(Math.floor(this.#time.nowMs * 1_000))
    for (const text of [from.name, to.name, what])
      for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i))
    for (const byte of bytes) mix(byte)
  }
}
