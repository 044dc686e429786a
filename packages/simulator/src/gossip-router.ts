/**
 * Gossip router: gossipsub 1.1 as one member runs it, for one topic.
 *
 * Eager push over a mesh, lazy IHAVE and IWANT to others at each gossipsub heartbeat, and a seen cache that is
 * filled before a message is judged: what is ignored once is lost for two minutes. Left out: scores, fanout
 * without a subscription, and several topics. Numbers are the library's defaults, names those of its specification.
 */
import type { RumorVerdict } from '@hearsay/core/host'
import type { Random } from './random-stream.ts'

export type GossipFrame =
  | { readonly type: 'subscribe' }
  | { readonly type: 'message'; readonly name: string; readonly rumor: Uint8Array }
  | { readonly type: 'graft' }
  | { readonly type: 'prune' }
  | { readonly type: 'ihave'; readonly names: readonly string[] }
  | { readonly type: 'iwant'; readonly names: readonly string[] }

export interface GossipRouterOptions {
  readonly random: Random
  readonly nowMs: () => number
  /** Calls back after so long, unless the process has ended. */
  readonly after: (ms: number, act: () => void) => void
  readonly send: (to: string, frame: GossipFrame) => void
  readonly judge: (from: string, rumor: Uint8Array) => RumorVerdict | Promise<RumorVerdict>
}

export const gossipHeartbeatMs = 1_000
const degree = 6
const degreeLow = 4
const degreeHigh = 12
const degreeLazy = 6
const gossipFactor = 0.25
/** Heartbeats for which a message can be asked for, and for which it is told of. */
const cacheLength = 5
const cacheGossip = 3
const seenMs = 120_000
const pruneBackoffMs = 60_000

interface Peer {
  isSubscribed: boolean
  isInMesh: boolean
  backoffUntilMs: number
}

export class GossipRouter {
  /** Messages received, and those of them that were known already. */
  readonly counts: { received: number; duplicates: number; wanted: number } = {
    received: 0,
    duplicates: 0,
    wanted: 0,
  }
  readonly #options: GossipRouterOptions
  readonly #peers = new Map<string, Peer>()
  /** Name → until when. In the order of arrival. */
  readonly #seen = new Map<string, number>()
  readonly #cache = new Map<string, Uint8Array>()
  /** Names by heartbeat, the newest first. */
  #windows: string[][] = [[]]
  #heartbeatIsDue = false
  readonly #startedMs: number

  constructor(options: GossipRouterOptions) {
    this.#options = options
    this.#startedMs = options.nowMs() - gossipHeartbeatMs * options.random()
  }

  /** Members of the mesh. */
  get meshSize(): number {
    return this.#mesh().length
  }

  connected(id: string): void {
    if (this.#peers.has(id)) return
    this.#peers.set(id, { isSubscribed: false, isInMesh: false, backoffUntilMs: 0 })
    this.#options.send(id, { type: 'subscribe' })
  }

  disconnected(id: string): void {
    if (this.#peers.delete(id)) this.#needHeartbeat()
  }

  /** One's own, which goes to everybody connected (flood publishing). */
  publish(name: string, rumor: Uint8Array): void {
    this.#remember(name)
    this.#keep(name, rumor)
    for (const [id, { isSubscribed }] of this.#peers)
      if (isSubscribed) this.#options.send(id, { type: 'message', name, rumor })
  }

  hear(from: string, frame: GossipFrame): void {
    const peer = this.#peers.get(from)
    if (!peer) return
    switch (frame.type) {
      case 'subscribe':
        peer.isSubscribed = true
        this.#needHeartbeat()
        break
      case 'message':
        this.#message(from, frame.name, frame.rumor)
        break
      case 'graft':
        this.#grafted(from, peer)
        break
      case 'prune':
        peer.isInMesh = false
        peer.backoffUntilMs = this.#options.nowMs() + pruneBackoffMs
        this.#needHeartbeat()
        break
      case 'ihave': {
        const names = frame.names.filter(name => !this.#hasSeen(name))
        if (names.length > 0) this.#options.send(from, { type: 'iwant', names })
        break
      }
      case 'iwant':
        for (const name of frame.names) {
          const rumor = this.#cache.get(name)
          if (!rumor) continue
          this.counts.wanted += 1
          this.#options.send(from, { type: 'message', name, rumor })
        }
        break
    }
  }

  #message(from: string, name: string, rumor: Uint8Array): void {
    this.counts.received += 1
    if (this.#hasSeen(name)) {
      this.counts.duplicates += 1
      return
    }
    this.#remember(name)
    const verdict = this.#options.judge(from, rumor)
    if (verdict instanceof Promise) void verdict.then(value => this.#judged(from, name, rumor, value))
    else this.#judged(from, name, rumor, verdict)
  }

  #judged(from: string, name: string, rumor: Uint8Array, verdict: RumorVerdict): void {
    if (verdict !== 'accept') return
    this.#keep(name, rumor)
    for (const id of this.#mesh()) if (id !== from) this.#options.send(id, { type: 'message', name, rumor })
  }

  #grafted(from: string, peer: Peer): void {
    const isFull = !peer.isInMesh && this.#mesh().length >= degreeHigh
    if (isFull || this.#options.nowMs() < peer.backoffUntilMs) this.#options.send(from, { type: 'prune' })
    else {
      peer.isSubscribed = true
      peer.isInMesh = true
    }
  }

  /** Only while there is something to do: an idle heartbeat of the library says nothing either. */
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
    this.#tendMesh()
    this.#tellLazily()
    this.#windows.unshift([])
    for (const name of this.#windows.splice(cacheLength).flat()) this.#cache.delete(name)
    this.#forgetSeen()
    if (this.#cache.size > 0 || this.#canGraft()) this.#needHeartbeat()
  }

  #tendMesh(): void {
    const mesh = this.#mesh()
    if (mesh.length < degreeLow)
      for (const id of this.#draw(this.#candidates(), degree - mesh.length)) {
        this.#require(id).isInMesh = true
        this.#options.send(id, { type: 'graft' })
      }
    if (mesh.length > degreeHigh)
      for (const id of this.#draw(mesh, mesh.length - degree)) {
        const peer = this.#require(id)
        peer.isInMesh = false
        peer.backoffUntilMs = this.#options.nowMs() + pruneBackoffMs
        this.#options.send(id, { type: 'prune' })
      }
  }

  #tellLazily(): void {
    const names = this.#windows.slice(0, cacheGossip).flat()
    if (names.length === 0) return
    const others = [...this.#peers].filter(([, { isSubscribed, isInMesh }]) => isSubscribed && !isInMesh)
    const count = Math.max(degreeLazy, Math.floor(gossipFactor * others.length))
    for (const id of this.#draw(
      others.map(([id]) => id),
      count,
    ))
      this.#options.send(id, { type: 'ihave', names })
  }

  #canGraft(): boolean {
    return this.#mesh().length < degreeLow && [...this.#peers.values()].some(peer => !peer.isInMesh)
  }

  #candidates(): string[] {
    const nowMs = this.#options.nowMs()
    return [...this.#peers]
      .filter(([, peer]) => peer.isSubscribed && !peer.isInMesh && nowMs >= peer.backoffUntilMs)
      .map(([id]) => id)
  }

  #mesh(): string[] {
    return [...this.#peers].filter(([, { isInMesh }]) => isInMesh).map(([id]) => id)
  }

  #draw(ids: readonly string[], count: number): string[] {
    const left = [...ids]
    const drawn: string[] = []
    while (drawn.length < count && left.length > 0)
      drawn.push(...left.splice(Math.floor(this.#options.random() * left.length), 1))
    return drawn
  }

  #keep(name: string, rumor: Uint8Array): void {
    this.#cache.set(name, rumor)
    this.#windows[0]?.push(name)
    this.#needHeartbeat()
  }

  #remember(name: string): void {
    this.#seen.set(name, this.#options.nowMs() + seenMs)
  }

  #hasSeen(name: string): boolean {
    return (this.#seen.get(name) ?? Number.NEGATIVE_INFINITY) > this.#options.nowMs()
  }

  #forgetSeen(): void {
    for (const [name, untilMs] of this.#seen) {
      if (untilMs > this.#options.nowMs()) return
      this.#seen.delete(name)
    }
  }

  #require(id: string): Peer {
    const peer = this.#peers.get(id)
    if (!peer) throw new Error(`no peer ${id}`)
    return peer
  }
}
