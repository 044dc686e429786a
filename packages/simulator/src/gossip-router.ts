/**
 * Gossip router: gossipsub 1.2 as one member runs it, for one topic.
 *
 * The router pushes messages to its mesh peers at once. At each gossipsub heartbeat, the router announces messages to other
 * peers (IHAVE), which request them (IWANT). The router sends IDONTWANT for large messages. A message enters the seen cache
 * before it is validated, so an ignored message is lost for two minutes. The numbers are the library's defaults, and the names
 * come from its specification. `gossip-calibration.test.ts` compares the results with the library.
 *
 * The model omits scores, which stay 0 among honest members. The model also omits opportunistic grafting, which depends on
 * scores, and limits that only a flood of messages reaches.
 */
import type { RumorVerdict } from '@hearsay/core/host'
import { ExpiringSet } from './expiring-set.ts'
import type { GossipFrame } from './gossip-frame.ts'
import type { Random } from './random-stream.ts'

/** The part of its member that a router uses. */
export interface GossipRouterOptions {
  /** Whether this member subscribes to the topic, from the start. @default true */
  readonly isSubscribed?: boolean
  readonly random: Random
  readonly nowMs: () => number
  /** Calls `act` after `ms`, unless the process has ended. */
  readonly after: (ms: number, act: () => void) => void
  readonly send: (to: string, frame: GossipFrame) => void
  readonly validate: (from: string, rumor: Uint8Array) => RumorVerdict | Promise<RumorVerdict>
}

export const gossipHeartbeatMs = 1_000
const degree = 6
const degreeLow = 4
const degreeHigh = 12
/** The minimum number of mesh peers that this member dialled, so that incoming peers cannot fill the mesh. */
const degreeOut = 2
/**
 * When a mesh is too large, this many of its oldest peers stay. The library keeps the peers with the best
 * scores; here all scores are equal.
 */
const degreeScore = 4
const degreeLazy = 6
const gossipFactor = 0.25
/** The number of heartbeats for which a message can be requested, and for which IHAVE announces it. */
const cacheLength = 5
const cacheGossip = 3
const seenMs = 120_000
const pruneBackoffMs = 60_000
/** The back-off after an unsubscribe. */
const unsubscribeBackoffMs = 10_000
/** An additional wait before a new graft, because the other end began its back-off later. */
const backoffSlackMs = 1_000
/** The library's default; the specification's is 1 kB. */
const idontwantMinBytes = 512

interface Peer {
  /** Whether this member dialled the peer. */
  readonly isOutbound: boolean
  isSubscribed: boolean
}

export class GossipRouter {
  readonly #options: GossipRouterOptions
  readonly #peers = new Map<string, Peer>()
  /** The mesh peers, oldest first. */
  readonly #mesh = new Set<string>()
  readonly #cache = new Map<string, Uint8Array>()
  /** The names of the messages in `#cache`: one list for each of the last heartbeats, newest first. */
  #windows: string[][] = [[]]
  /** The names of the messages that this member has already received or published. */
  readonly #seen: ExpiringSet
  /** Messages that a peer does not want (IDONTWANT): each entry is a peer and a message name. */
  readonly #unwanted: ExpiringSet
  /** Peers in back-off, also those that have disconnected since. */
  readonly #backoffs: ExpiringSet
  #isSubscribed: boolean
  #heartbeatIsDue = false
  readonly #startedMs: number

  constructor(options: GossipRouterOptions) {
    this.#options = options
    this.#seen = new ExpiringSet(options.nowMs)
    this.#unwanted = new ExpiringSet(options.nowMs)
    this.#backoffs = new ExpiringSet(options.nowMs)
    this.#isSubscribed = options.isSubscribed ?? true
    this.#startedMs = options.nowMs() - gossipHeartbeatMs * options.random()
  }

  /** The number of peers in the mesh. */
  get meshSize(): number {
    return this.#mesh.size
  }

  connected(id: string, isOutbound: boolean): void {
    if (this.#peers.has(id)) return
    this.#peers.set(id, { isOutbound, isSubscribed: false })
    if (this.#isSubscribed) this.#options.send(id, { type: 'subscribe' })
  }

  /** Ids of the subscribed peers. */
  subscribers(): string[] {
    return [...this.#peers].filter(([, { isSubscribed }]) => isSubscribed).map(([id]) => id)
  }

  subscribe(): void {
    if (this.#isSubscribed) return
    this.#isSubscribed = true
    for (const id of this.#peers.keys()) this.#options.send(id, { type: 'subscribe' })
    const candidates = [...this.#peers.keys()].filter(id => this.#canGraft(id))
    for (const id of this.#draw(candidates, degree)) this.#graft(id)
    this.#needHeartbeat()
  }

  unsubscribe(): void {
    if (!this.#isSubscribed) return
    this.#isSubscribed = false
    for (const id of this.#peers.keys()) this.#options.send(id, { type: 'unsubscribe' })
    for (const id of [...this.#mesh]) this.#prune(id, unsubscribeBackoffMs)
  }

  disconnected(id: string): void {
    this.#mesh.delete(id)
    if (this.#peers.delete(id)) this.#needHeartbeat()
  }

  /** Publishes a local message, once: to all connected peers (flood publishing). */
  publish(name: string, rumor: Uint8Array): void {
    if (this.#seen.isActive(name)) return
    this.#seen.add(name, seenMs)
    this.#keep(name, rumor)
    for (const [id, { isSubscribed }] of this.#peers)
      if (isSubscribed) this.#options.send(id, { type: 'message', name, rumor })
  }

  receive(from: string, frame: GossipFrame): void {
    const peer = this.#peers.get(from)
    if (!peer) return
    switch (frame.type) {
      case 'subscribe':
        peer.isSubscribed = true
        if (!this.#isSubscribed) break
        // Do not leave this to the heartbeat: a message published before the next heartbeat would reach no peer.
        if (this.#mesh.size < degreeLow && this.#canGraft(from)) this.#graft(from)
        this.#needHeartbeat()
        break
      case 'unsubscribe':
        peer.isSubscribed = false
        this.#mesh.delete(from)
        if (this.#isSubscribed) this.#needHeartbeat()
        break
      case 'message':
        if (this.#isSubscribed) this.#message(from, frame.name, frame.rumor)
        break
      case 'graft':
        this.#grafted(from, peer)
        break
      case 'prune':
        this.#backOff(from, frame.backoffMs)
        this.#needHeartbeat()
        break
      case 'ihave': {
        const names = frame.names.filter(name => !this.#seen.isActive(name))
        if (names.length > 0) this.#options.send(from, { type: 'iwant', names })
        break
      }
      case 'iwant':
        for (const name of frame.names) {
          const rumor = this.#cache.get(name)
          if (rumor && !this.#isUnwanted(from, name))
            this.#options.send(from, { type: 'message', name, rumor })
        }
        break
      case 'idontwant':
        this.#unwanted.add(`${from} ${frame.name}`, cacheLength * gossipHeartbeatMs)
        break
    }
  }

  #message(from: string, name: string, rumor: Uint8Array): void {
    if (this.#seen.isActive(name)) return
    this.#seen.add(name, seenMs)
    if (rumor.length >= idontwantMinBytes)
      for (const id of this.#mesh) if (id !== from) this.#options.send(id, { type: 'idontwant', name })
    const verdict = this.#options.validate(from, rumor)
    if (verdict instanceof Promise) void verdict.then(value => this.#judged(from, name, rumor, value))
    else this.#judged(from, name, rumor, verdict)
  }

  #judged(from: string, name: string, rumor: Uint8Array, verdict: RumorVerdict): void {
    if (verdict !== 'accept') return
    this.#keep(name, rumor)
    for (const id of this.#mesh)
      if (id !== from && !this.#isUnwanted(id, name)) this.#options.send(id, { type: 'message', name, rumor })
  }

  #grafted(from: string, { isOutbound }: Peer): void {
    if (this.#mesh.has(from)) return
    if (!this.#isSubscribed) {
      this.#prune(from, pruneBackoffMs)
      return
    }
    const isFull = this.#mesh.size >= degreeHigh && !isOutbound
    if (isFull || this.#backoffs.isActive(from)) this.#prune(from, pruneBackoffMs)
    else this.#mesh.add(from)
  }

  /** Schedules a heartbeat only if there is work: an idle heartbeat of the library sends nothing either. */
  #needHeartbeat(): void {
    if (this.#heartbeatIsDue) return
    this.#heartbeatIsDue = true
    const sinceMs = this.#options.nowMs() - this.#startedMs
    this.#options.after(gossipHeartbeatMs - (sinceMs % gossipHeartbeatMs), () => {
      this.#heartbeatIsDue = false
      this.#heartbeat()
    })
  }

  #heartbeat(): void {
    this.#seen.sweep()
    this.#unwanted.sweep()
    this.#backoffs.sweep(backoffSlackMs)
    this.#maintainMesh()
    this.#announceLazily()
    this.#windows.unshift([])
    for (const name of this.#windows.splice(cacheLength).flat()) this.#cache.delete(name)
    if (this.#cache.size > 0 || this.#isShort()) this.#needHeartbeat()
  }

  #maintainMesh(): void {
    if (!this.#isSubscribed) return
    const candidates = [...this.#peers.keys()].filter(id => this.#canGraft(id))
    if (this.#mesh.size < degreeLow)
      for (const id of this.#draw(candidates, degree - this.#mesh.size)) this.#graft(id)
    if (this.#mesh.size > degreeHigh)
      for (const id of this.#draw([...this.#mesh].slice(degreeScore), this.#mesh.size - degree))
        this.#prune(id, pruneBackoffMs)
    if (this.#mesh.size >= degreeLow) {
      const outbound = candidates.filter(id => this.#peers.get(id)?.isOutbound && !this.#mesh.has(id))
      for (const id of this.#draw(outbound, degreeOut - this.#outboundInMesh())) this.#graft(id)
    }
  }

  #announceLazily(): void {
    const names = this.#windows.slice(0, cacheGossip).flat()
    if (names.length === 0) return
    const others = [...this.#peers].filter(([id, { isSubscribed }]) => isSubscribed && !this.#mesh.has(id))
    const count = Math.max(degreeLazy, Math.floor(gossipFactor * others.length))
    for (const [id] of this.#draw(others, count)) this.#options.send(id, { type: 'ihave', names })
  }

  /** Whether the mesh has capacity for a peer, now or after a back-off. */
  #isShort(): boolean {
    if (!this.#isSubscribed) return false
    const wantsAny = this.#mesh.size < degreeLow
    const wantsOutbound = this.#outboundInMesh() < degreeOut
    return [...this.#peers].some(
      ([id, { isOutbound }]) => !this.#mesh.has(id) && (wantsAny || (wantsOutbound && isOutbound)),
    )
  }

  #outboundInMesh(): number {
    return [...this.#mesh].filter(id => this.#peers.get(id)?.isOutbound).length
  }

  #canGraft(id: string): boolean {
    return this.#peers.get(id)?.isSubscribed === true && !this.#mesh.has(id) && !this.#backoffs.has(id)
  }

  #graft(id: string): void {
    this.#mesh.add(id)
    this.#options.send(id, { type: 'graft' })
  }

  #prune(id: string, backoffMs: number): void {
    this.#backOff(id, backoffMs)
    this.#options.send(id, { type: 'prune', backoffMs })
  }

  #backOff(id: string, backoffMs: number): void {
    this.#mesh.delete(id)
    this.#backoffs.add(id, backoffMs)
  }

  #draw<T>(from: readonly T[], count: number): T[] {
    const left = [...from]
    const drawn: T[] = []
    while (drawn.length < count && left.length > 0)
      drawn.push(...left.splice(Math.floor(this.#options.random() * left.length), 1))
    return drawn
  }

  #keep(name: string, rumor: Uint8Array): void {
    this.#cache.set(name, rumor)
    this.#windows[0]?.push(name)
    this.#needHeartbeat()
  }

  #isUnwanted(id: string, name: string): boolean {
    return this.#unwanted.isActive(`${id} ${name}`)
  }
}
