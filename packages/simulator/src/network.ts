/**
 * Network: dials, links and what crosses them, between simulated members.
 *
 * As TCP has it: a process that dies is heard at the other end at once, a machine that vanishes and a cut are
 * heard nowhere. Throughput is not modelled: a frame takes as long as its delay, however large it is.
 */
import { hash } from 'node:crypto'
import type { Channel, Transport } from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import type { Conditions } from './conditions.ts'
import { type GossipFrame, gossipBytes } from './gossip-frame.ts'
import { GossipRouter } from './gossip-router.ts'
import { GossipTopics } from './gossip-topics.ts'
import { Direction } from './link.ts'
import type { SimulatedMember } from './simulated-member.ts'
import type { Trace } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'

/** As libp2p dials. */
const dialTimeoutMs = 5_000
/** TCP, Noise and the muxer. */
const handshakeTrips = 3

export type DialOutcome = 'open' | 'refused' | 'unreachable' | 'network-down'

/** One connection, the same object at both ends; an end that has closed it has let go of it. */
export interface Link {
  /** By the sender's name. */
  readonly ways: ReadonlyMap<string, Direction>
}

export interface NetworkOptions {
  readonly time: VirtualTime
  readonly conditions: Conditions
  readonly trace: Trace
}

export class Network {
  readonly #time: VirtualTime
  readonly #conditions: Conditions
  readonly #trace: Trace
  readonly #byId = new Map<string, SimulatedMember>()
  readonly #byAddress = new Map<string, SimulatedMember>()

  constructor({ time, conditions, trace }: NetworkOptions) {
    this.#time = time
    this.#conditions = conditions
    this.#trace = trace
  }

  /** A member has this id, and can be dialled at this address, from now on. */
  register(member: SimulatedMember): void {
    this.#byId.set(member.id, member)
    this.#byAddress.set(member.address, member)
  }

  /** Nobody answers there any more. */
  unregisterAddress(address: string): void {
    this.#byAddress.delete(address)
  }

  /** Ids that members have or had. */
  get ids(): number {
    return this.#byId.size
  }

  memberOf(id: string): SimulatedMember | undefined {
    return this.#byId.get(id)
  }

  /** Whether frames get from one to the other now. */
  reaches(from: SimulatedMember, to: SimulatedMember): boolean {
    const isUp = (member: SimulatedMember) => !member.isOffline && !member.clock.isAsleep
    return isUp(from) && isUp(to) && this.#conditions.carries(from.name, to.name)
  }

  /** The process is gone. @param told whether its kernel lives and tells the other ends. */
  hangUp(member: SimulatedMember, told: boolean): void {
    for (const [id, link] of member.links) {
      if (told) this.#closeFar(member, this.#require(id), link)
      else link.ways.get(member.name)?.drop()
    }
    member.links.clear()
  }

  /** A member's own network went: it hears so of all its links. @param heard whether the other ends do, too. */
  breakLinks(member: SimulatedMember, heard: boolean): void {
    for (const [id, link] of [...member.links]) {
      link.ways.get(member.name)?.drop()
      this.#close(member, id, link)
      if (heard) this.#close(this.#require(id), member.id, link)
    }
  }

  gossipOf(member: SimulatedMember): GossipTopics {
    return new GossipTopics(
      space =>
        new GossipRouter({
          isSubscribed: space === undefined,
          random: member.random(space === undefined ? 'gossipsub' : `gossipsub ${space}`),
          nowMs: () => member.clock.now().monotonicMs,
          after: (ms, act) => void member.clock.setTimer(member.clock.now().monotonicMs + ms, act),
          send: (to, frame) => this.#gossip(member, this.#require(to), space, frame),
          judge: (from, rumor) => member.driver.rumor(from, rumor, space),
        }),
    )
  }

  transportOf(member: SimulatedMember): Transport {
    return {
      send: (to, channel, frame) => this.#send(member, this.#require(to), channel, frame),
      publish: (rumor, space) => member.gossip.of(space).publish(hash('sha256', rumor).slice(0, 20), rumor),
      subscribe: space => member.gossip.of(space).subscribe(),
      unsubscribe: space => member.gossip.of(space).unsubscribe(),
      subscribers: space => member.gossip.of(space).subscribers(),
      dial: id => {
        // As with libp2p: what stands is used, and nothing is said.
        if (member.links.has(id)) return
        const [address] = member.addressesOf(id)
        const target = address && this.#byAddress.get(multiaddr(address).toString())
        this.#dial(member, target, found => {
          // Another peer that answers says nothing about this one.
          const outcome = found === 'open' && target?.id !== id ? 'unreachable' : found
          if (outcome === 'open') this.#open(member, this.#require(id))
          else member.deliver(driver => driver.link(id, outcome))
        })
      },
      dialBootstrap: address => {
        const target = this.#byAddress.get(address)
        this.#dial(member, target, outcome => {
          if (outcome !== 'open' || !target) {
            member.deliver(driver => driver.bootstrapFailed(address))
            return
          }
          this.#open(member, target)
          const { id } = target
          member.deliver(driver => driver.bootstrapped(address, id))
        })
      },
      disconnect: id => {
        const link = member.links.get(id)
        if (!link) return
        this.#closeFar(member, this.#require(id), link)
        this.#time.after(0, () => this.#close(member, id, link))
      },
      learn: (id, addresses) => {
        member.learned.set(id, addresses)
      },
      // Its links broke with its network.
      networkChanged: () => {},
      mute: () => [],
    }
  }

  /** Links two members as if they had always been: no dial, no handshake. */
  join(a: SimulatedMember, b: SimulatedMember): void {
    if (a !== b && !a.links.has(b.id)) this.#open(a, b)
  }

  /** A new connection stands; an older one that an end still held is replaced without a word, as in libp2p. */
  #open(from: SimulatedMember, to: SimulatedMember): void {
    const link: Link = {
      ways: new Map([
        [from.name, this.#way(from, to, () => link)],
        [to.name, this.#way(to, from, () => link)],
      ]),
    }
    for (const [member, other, isOurs] of [
      [to, from, false],
      [from, to, true],
    ] as const) {
      const isNew = !member.links.has(other.id)
      member.links.set(other.id, link)
      if (!isNew) continue
      const { id } = other
      member.deliver(driver => {
        driver.link(id, 'open', isOurs)
        member.gossip.connected(id, isOurs)
      })
    }
  }

  #way(from: SimulatedMember, to: SimulatedMember, link: () => Link): Direction {
    const { id } = to
    return new Direction(this.#time, {
      carries: () => this.reaches(from, to),
      loses: () => this.#conditions.losesPacket(),
      gaveUp: () => this.#close(from, id, link()),
    })
  }

  #dial(from: SimulatedMember, to: SimulatedMember | undefined, then: (outcome: DialOutcome) => void): void {
    const life = from.life
    const end = (outcome: DialOutcome, afterMs: number): void => {
      this.#time.after(afterMs, () => from.life === life && then(outcome))
    }
    let afterMs = 0
    for (let trip = 0; trip < handshakeTrips; trip++)
      afterMs += this.#conditions.fate(from.delayRandom).delayMs
    if (from.isOffline || (to && !this.#conditions.hasRoute(from.name, to.name))) end('network-down', 1)
    else if (!to || to === from || !this.reaches(from, to) || !this.reaches(to, from))
      end('unreachable', dialTimeoutMs)
    else if (!to.isRunning) end('refused', afterMs / handshakeTrips)
    // The kernel accepts for a stopped process, and nobody shakes hands.
    else if (to.clock.isPaused) end('unreachable', dialTimeoutMs)
    else
      this.#time.after(afterMs, () => {
        if (from.life !== life) return
        if (!this.reaches(from, to) || to.clock.isPaused) end('unreachable', dialTimeoutMs - afterMs)
        else then(to.isRunning ? 'open' : 'refused')
      })
  }

  #send(from: SimulatedMember, to: SimulatedMember, channel: Channel, frame: Uint8Array): void {
    from.sent[channel] += frame.length
    const link = from.links.get(to.id)
    if (link) this.#transmit(from, to, link, channel, frame)
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
    link: Link,
    channel: Channel,
    frame: Uint8Array,
  ): void {
    this.#cross(from, to, link, frame.length, () => {
      this.#record(from, to, channel, frame)
      to.deliver(driver => driver.frame(from.id, channel, frame))
    })
  }

  #gossip(from: SimulatedMember, to: SimulatedMember, space: string | undefined, frame: GossipFrame): void {
    const link = from.links.get(to.id)
    if (!link) return
    const bytes = gossipBytes(frame)
    if (frame.type === 'message') from.sent.rumor += bytes
    else from.sent.gossipControl += bytes
    if (this.#conditions.dropsGossip()) return
    this.#cross(from, to, link, bytes, () => {
      this.#record(from, to, frame.type, frame.type === 'message' ? frame.rumor : noBytes)
      to.deliver(() => to.gossip.hear(from.id, space, frame))
    })
  }

  /** Over one link: in time, late, not at all, or to an end that has hung up and says so. */
  #cross(from: SimulatedMember, to: SimulatedMember, link: Link, bytes: number, arrive: () => void): void {
    const { delayMs, isGone, duplicated, unordered } = this.#conditions.fate(from.delayRandom)
    if (isGone) return
    const way = link.ways.get(from.name)
    const { id } = from
    const end = () => {
      if (to.links.get(id) === link) arrive()
      else this.#closeFar(to, from, link)
    }
    way?.send({ bytes, delayMs, unordered, arrive: end })
    if (duplicated) way?.send({ bytes, delayMs: 2 * delayMs, unordered: true, arrive: end })
  }

  /** This end is closed; the other hears it after what was sent before. */
  #closeFar(from: SimulatedMember, to: SimulatedMember, link: Link): void {
    const { id } = from
    const { delayMs } = this.#conditions.fate(from.delayRandom)
    const arrive = () => this.#close(to, id, link)
    link.ways.get(from.name)?.send({ bytes: 0, delayMs, unordered: false, arrive })
  }

  #close(member: SimulatedMember, id: string, link: Link): void {
    if (member.links.get(id) !== link) return
    member.links.delete(id)
    this.#record(this.#require(id), member, 'closed', noBytes)
    member.deliver(driver => {
      member.gossip.disconnected(id)
      driver.link(id, 'closed')
    })
  }

  #record(from: SimulatedMember, to: SimulatedMember, what: string, content: Uint8Array): void {
    this.#trace.record(this.#time.nowMs, from.name, to.name, what, content)
  }

  #require(id: string): SimulatedMember {
    const member = this.#byId.get(id)
    if (!member) throw new Error(`no member ${id}`)
    return member
  }
}

const noBytes = new Uint8Array()
