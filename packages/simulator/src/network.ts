/**
 * Network: dials, links and frames between simulated members.
 *
 * As with TCP, the other end notices at once that a process died, but does not notice a lost machine or a
 * cut. Throughput is not modelled: the delay of a frame does not depend on its size.
 */
import { hash } from 'node:crypto'
import type { Channel, Transport } from '@hearsay/core/host'
import { multiaddr } from '@multiformats/multiaddr'
import { type GossipFrame, gossipBytes } from './gossip-frame.ts'
import { GossipRouter } from './gossip-router.ts'
import { GossipTopics } from './gossip-topics.ts'
import { Direction, farEnd, type Link } from './link.ts'
import { MemberDirectory } from './member-directory.ts'
import type { NetworkConditions } from './network-conditions.ts'
import type { SimulatedMember } from './simulated-member.ts'
import type { Trace } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'

/** libp2p's dial timeout. */
const dialTimeoutMs = 5_000
/** As in the admission gate: how long a connection whose key was removed may take to prove another key. */
const proofTimeoutMs = 5_000
/** Round trips of TCP, Noise and the muxer. */
const handshakeTrips = 3

/** `refused`: the host answers, but no process listens; `unreachable`: no answer; `network-down`: no network or no route. */
export type DialOutcome = 'open' | 'refused' | 'unreachable' | 'network-down'

/** The part of the simulation that the network uses. */
export interface NetworkOptions {
  readonly time: VirtualTime
  readonly conditions: NetworkConditions
  readonly trace: Trace
}

export class Network {
  readonly directory: MemberDirectory = new MemberDirectory()
  readonly #time: VirtualTime
  readonly #conditions: NetworkConditions
  readonly #trace: Trace

  constructor({ time, conditions, trace }: NetworkOptions) {
    this.#time = time
    this.#conditions = conditions
    this.#trace = trace
  }

  register(member: SimulatedMember): void {
    this.directory.register(member)
  }

  unregisterAddress(address: string): void {
    this.directory.unregisterAddress(address)
  }

  /** Links whose key was removed end after 5 s, unless the ends have another key in common by then. */
  keysChanged(member: SimulatedMember): void {
    const own = new Set(member.keys.map(({ fingerprint }) => fingerprint))
    for (const [, link] of member.links.entries()) {
      if (link.key === undefined || own.has(link.key)) continue
      this.#time.after(proofTimeoutMs, () => {
        const other = farEnd(link, member)
        if (!member.links.all(other.id).includes(link)) return
        link.key = sharedKey(member, other)
        if (link.key !== undefined) return
        this.#closeFar(member, other, link)
        this.#close(member, other.id, link)
      })
    }
  }

  /** Whether the network can carry frames from one member to the other now. */
  reaches(from: SimulatedMember, to: SimulatedMember): boolean {
    const isUp = (member: SimulatedMember) => !member.isOffline && !member.clock.isAsleep
    return isUp(from) && isUp(to) && this.#conditions.carries(from.name, to.name)
  }

  /**
   * The process ended.
   *
   * @param closeOtherEnds whether the machine still runs, so that its kernel closes the connections
   */
  closeLinks(member: SimulatedMember, closeOtherEnds: boolean): void {
    for (const [, link] of member.links.entries()) {
      if (closeOtherEnds) this.#closeFar(member, farEnd(link, member), link)
      else link.directions.get(member.name)?.drop()
    }
    member.links.clear()
  }

  /** A member's own network ended: it closes all its links. @param closeOtherEnds whether the other ends close, too */
  breakLinks(member: SimulatedMember, closeOtherEnds: boolean): void {
    for (const [id, link] of member.links.entries()) {
      link.directions.get(member.name)?.drop()
      this.#close(member, id, link)
      if (closeOtherEnds) this.#close(farEnd(link, member), member.id, link)
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
          send: (to, frame) => this.#gossip(member, to, space, frame),
          validate: (from, rumor) => member.driver.rumor(from, rumor, space),
        }),
    )
  }

  transportOf(member: SimulatedMember): Transport {
    return {
      send: (to, channel, frame) => this.#send(member, to, channel, frame),
      publish: (rumor, space) => member.gossip.of(space).publish(hash('sha256', rumor).slice(0, 20), rumor),
      subscribe: space => member.gossip.of(space).subscribe(),
      unsubscribe: space => member.gossip.of(space).unsubscribe(),
      subscribers: space => member.gossip.of(space).subscribers(),
      dial: id => {
        // As in libp2p, use an existing connection, and emit no event.
        if (member.links.has(id)) return
        const [address] = member.addressesOf(id)
        const target = address && this.directory.at(multiaddr(address).toString())
        this.#dial(member, target, found => {
          // If another peer answers, the dialled peer is unreachable at this address.
          const outcome = found === 'open' && target?.id !== id ? 'unreachable' : found
          if (outcome === 'open' && target) this.#open(member, target)
          else member.deliver(driver => driver.connectionChanged(id, outcome))
        })
      },
      dialBootstrap: address => {
        const target = this.directory.at(address)
        this.#dial(member, target, outcome => {
          if (outcome !== 'open' || !target) {
            member.deliver(driver => driver.bootstrapFailed(address))
            return
          }
          this.#open(member, target)
          const { id } = target
          member.deliver(driver => driver.bootstrapConnected(address, id))
        })
      },
      // Each link works whenever the network carries packets.
      checkConnection: () => {},
      disconnect: id => this.#disconnect(member, id),
      refuse: (id, forMs) => {
        member.links.refuse(id, this.#time.nowMs + forMs)
        this.#disconnect(member, id)
      },
      setAddresses: (id, addresses) => {
        member.dialAddresses.set(id, addresses)
      },
      // Its links were closed together with its network.
      reviewConnections: () => {},
      networkChanged: () => {},
      withoutPubsub: () => member.links.withoutPubsub(),
      clockAheadMs: id => {
        const other = this.directory.memberOf(id)
        return other ? other.clock.now().epochMs - member.clock.now().epochMs : 0
      },
    }
  }

  #disconnect(member: SimulatedMember, id: string): void {
    for (const link of member.links.all(id)) {
      this.#closeFar(member, farEnd(link, member), link)
      this.#time.after(0, () => this.#close(member, id, link))
    }
  }

  /** Links two members as if they had always been connected: no dial, no handshake. */
  join(a: SimulatedMember, b: SimulatedMember): void {
    if (a !== b && !a.links.has(b.id)) this.#open(a, b)
  }

  /**
   * Opens a connection. If an end still has an older connection, the new one replaces it without an event, as in
   * libp2p.
   */
  #open(from: SimulatedMember, to: SimulatedMember): void {
    const link: Link<SimulatedMember> = {
      key: sharedKey(from, to),
      ends: [from, to],
      directions: new Map([
        [from.name, this.#way(from, to, () => link)],
        [to.name, this.#way(to, from, () => link)],
      ]),
    }
    for (const [member, other, isOurs] of [
      [to, from, false],
      [from, to, true],
    ] as const) {
      if (!member.links.add(other.id, link)) continue
      const { id } = other
      member.deliver(driver => {
        driver.connectionChanged(id, 'open', isOurs)
        member.gossip.connected(id, isOurs)
      })
    }
  }

  #way(from: SimulatedMember, to: SimulatedMember, link: () => Link<SimulatedMember>): Direction {
    const { id } = to
    return new Direction(this.#time, {
      carries: () => this.reaches(from, to),
      loses: () => this.#conditions.losesPacket(from.name, to.name),
      gaveUp: () => this.#close(from, id, link()),
    })
  }

  #dial(from: SimulatedMember, to: SimulatedMember | undefined, then: (outcome: DialOutcome) => void): void {
    const processNumber = from.processNumber
    const end = (outcome: DialOutcome, afterMs: number): void => {
      this.#time.after(afterMs, () => from.processNumber === processNumber && then(outcome))
    }
    let afterMs = 0
    for (let trip = 0; trip < handshakeTrips; trip++)
      afterMs += this.#conditions.delivery(from.delayRandom, from.name, to?.name ?? '').delayMs
    if (from.isOffline || (to && !this.#conditions.hasRoute(from.name, to.name))) end('network-down', 1)
    else if (!to || to.id === from.id || !this.reaches(from, to) || !this.reaches(to, from))
      end('unreachable', dialTimeoutMs)
    else if (!to.isRunning) end('refused', afterMs / handshakeTrips)
    else if (from.links.isRefused(to.id, this.#time.nowMs) || to.links.isRefused(from.id, this.#time.nowMs))
      end('unreachable', afterMs)
    // The kernel of a paused process accepts, but no process answers the handshake.
    else if (to.clock.isPaused) end('unreachable', dialTimeoutMs)
    else
      this.#time.after(afterMs, () => {
        if (from.processNumber !== processNumber) return
        if (!this.reaches(from, to) || to.clock.isPaused) end('unreachable', dialTimeoutMs - afterMs)
        else if (to.isRunning && to.keys.length + from.keys.length > 0 && sharedKey(from, to) === undefined)
          then('unreachable')
        else then(to.isRunning ? 'open' : 'refused')
      })
  }

  #send(from: SimulatedMember, id: string, channel: Channel, frame: Uint8Array): void {
    if (from.isWithholding && channel !== 'probe') return
    from.sent[channel] += frame.length
    const link = from.links.get(id)
    if (link) {
      this.#transmit(from, link, channel, frame)
      return
    }
    const to = this.directory.memberOf(id)
    this.#dial(from, to, outcome => {
      if (outcome !== 'open' || !to) return
      if (!from.links.has(id)) this.#open(from, to)
      const opened = from.links.get(id)
      if (opened) this.#transmit(from, opened, channel, frame)
    })
  }

  #transmit(from: SimulatedMember, link: Link<SimulatedMember>, channel: Channel, frame: Uint8Array): void {
    const to = farEnd(link, from)
    this.#carry(from, to, link, frame.length, () => {
      this.#record(from, to, channel, frame)
      to.links.received(from.id, link)
      to.deliver(driver => driver.frame(from.id, channel, frame))
    })
  }

  #gossip(from: SimulatedMember, id: string, space: string | undefined, frame: GossipFrame): void {
    const link = from.links.gossip(id)
    if (!link || (from.isWithholding && frame.type === 'message')) return
    const to = farEnd(link, from)
    const bytes = gossipBytes(frame)
    if (frame.type === 'message') from.sent.rumor += bytes
    else from.sent.gossipControl += bytes
    if (this.#conditions.dropsGossip()) return
    this.#carry(from, to, link, bytes, () => {
      this.#record(from, to, frame.type, frame.type === 'message' ? frame.rumor : noBytes)
      to.deliver(() => to.gossip.receive(from.id, space, frame))
    })
  }

  /**
   * Delivers a frame over one link: in time, late or never. If the receiver has closed the link, it answers
   * with a reset.
   */
  #carry(
    from: SimulatedMember,
    to: SimulatedMember,
    link: Link<SimulatedMember>,
    bytes: number,
    arrive: () => void,
  ): void {
    const { delayMs, isLost, duplicated, unordered } = this.#conditions.delivery(
      from.delayRandom,
      from.name,
      to.name,
    )
    if (isLost) return
    const direction = link.directions.get(from.name)
    const { id } = from
    const end = () => {
      if (to.links.all(id).includes(link)) arrive()
      else this.#closeFar(to, from, link)
    }
    direction?.send({ bytes, delayMs, unordered, arrive: end })
    if (duplicated) direction?.send({ bytes, delayMs: 2 * delayMs, unordered: true, arrive: end })
  }

  /** This end is closed; the other end closes after it has received the frames sent before. */
  #closeFar(from: SimulatedMember, to: SimulatedMember, link: Link<SimulatedMember>): void {
    const { id } = from
    const { delayMs } = this.#conditions.delivery(from.delayRandom, from.name, to.name)
    const arrive = () => this.#close(to, id, link)
    link.directions.get(from.name)?.send({ bytes: 0, delayMs, unordered: false, arrive })
  }

  #close(member: SimulatedMember, id: string, link: Link<SimulatedMember>): void {
    if (!member.links.remove(id, link)) return
    this.#record(farEnd(link, member), member, 'closed', noBytes)
    member.deliver(driver => {
      member.gossip.disconnected(id)
      driver.connectionChanged(id, 'closed')
    })
  }

  #record(from: SimulatedMember, to: SimulatedMember, what: string, content: Uint8Array): void {
    this.#trace.record(this.#time.nowMs, from.name, to.name, what, content)
  }
}

const noBytes = new Uint8Array()

/** The first key of one end that the other end has, too. */
function sharedKey(from: SimulatedMember, to: SimulatedMember): string | undefined {
  const accepted = new Set(to.keys.map(({ fingerprint }) => fingerprint))
  return from.keys.find(({ fingerprint }) => accepted.has(fingerprint))?.fingerprint
}
