/**
 * Network conditions: delay, loss, cuts and the other faults of the network.
 *
 * Initially the network carries all packets between all members, with the given delay. Each fault draws from
 * its own random stream and returns its undo; `heal` undoes all faults.
 */
import { type Delay, drawDelayMs } from './delay.ts'
import { type Random, randomStream } from './random-stream.ts'

/** Which packets are lost, and whether they are retransmitted. */
export interface LossOptions {
  /** Lost packets are retransmitted, as by TCP, and arrive late; if false, lost packets never arrive. @default true */
  readonly retransmitted?: boolean
  /** Applies only to packets from these members. @default all members */
  readonly from?: string | readonly string[]
  /** Applies only to packets to these members. @default all members */
  readonly to?: string | readonly string[]
}

/** How the network delivers one frame. */
export interface Delivery {
  /** The time until the frame arrives, without the time that retransmissions add. */
  readonly delayMs: number
  /** The frame never arrives. */
  readonly isLost: boolean
  readonly duplicated: boolean
  /** The frame may arrive before frames that were sent earlier. */
  readonly unordered: boolean
}

interface RandomFault {
  readonly rate: number
  readonly random: Random
}

interface Loss extends RandomFault {
  readonly retransmitted: boolean
  /** Undefined: all members. */
  readonly from: ReadonlySet<string> | undefined
  readonly to: ReadonlySet<string> | undefined
}

/** The longest additional delay of an unordered frame. */
const maxDisorderMs = 500

export class NetworkConditions {
  readonly #seed: number
  readonly #delay: Delay
  /** From → to → whether a route exists at all. */
  readonly #cuts = new Map<string, Map<string, { readonly hasRoute: boolean }>>()
  #groups: Map<string, number> | undefined
  #delayFault: { readonly delay: Delay; readonly random: Random } | undefined
  #loss: Loss | undefined
  #duplicates: RandomFault | undefined
  #disorder: RandomFault | undefined
  #gossipLoss: RandomFault | undefined
  #faults = 0

  constructor(seed: number, delay: Delay) {
    this.#seed = seed
    this.#delay = delay
  }

  /** Whether the network carries packets from one member to another. Both arguments are names of members. */
  carries(from: string, to: string): boolean {
    if (this.#groups && this.#groups.get(from) !== this.#groups.get(to)) return false
    return this.#cuts.size === 0 || !this.#cuts.get(from)?.has(to)
  }

  /** Whether a dial finds a route, even if the other end does not answer. */
  hasRoute(from: string, to: string): boolean {
    return this.#cuts.get(from)?.get(to)?.hasRoute ?? true
  }

  /** Whether the network is without faults between all members. */
  get isWhole(): boolean {
    return (
      !this.#groups &&
      this.#cuts.size === 0 &&
      !this.#loss &&
      !this.#delayFault &&
      !this.#duplicates &&
      !this.#disorder &&
      !this.#gossipLoss
    )
  }

  /** @param random the sender's stream, from which each frame draws the usual delay, with or without faults. */
  delivery(random: Random, from: string, to: string): Delivery {
    const usualMs = drawDelayMs(this.#delay, random)
    const late = this.#delayFault
    const disorder = this.#disorder
    const unordered = hits(disorder)
    return {
      delayMs:
        (late ? drawDelayMs(late.delay, late.random) : usualMs) +
        (unordered && disorder ? maxDisorderMs * disorder.random() : 0),
      isLost: this.#loss?.retransmitted === false && this.#loses(from, to),
      duplicated: hits(this.#duplicates),
      unordered,
    }
  }

  /** Decides at random whether a packet that is sent now is lost and has to be retransmitted. */
  losesPacket(from: string, to: string): boolean {
    return this.#loss?.retransmitted === true && this.#loses(from, to)
  }

  dropsGossip(): boolean {
    return hits(this.#gossipLoss)
  }

  /** Blocks all packets between different groups. Members without a group form one more group. */
  partition(groups: readonly (readonly string[])[]): () => void {
    const groupOf = new Map(groups.flatMap((names, group) => names.map(name => [name, group] as const)))
    this.#groups = groupOf
    return () => {
      if (this.#groups === groupOf) this.#groups = undefined
    }
  }

  cut(from: readonly string[], to: readonly string[], hasRoute = true): () => void {
    const cut = { hasRoute }
    for (const a of from) {
      const targets = this.#cuts.get(a) ?? new Map()
      this.#cuts.set(a, targets)
      for (const b of to) if (a !== b) targets.set(b, cut)
    }
    return () => {
      for (const a of from) {
        const targets = this.#cuts.get(a)
        for (const b of to) targets?.delete(b)
        if (targets?.size === 0) this.#cuts.delete(a)
      }
    }
  }

  loss(rate: number, { retransmitted = true, from, to }: LossOptions): () => void {
    const setOf = (names: string | readonly string[] | undefined) =>
      names === undefined ? undefined : new Set(typeof names === 'string' ? [names] : names)
    const loss = { ...this.#chance('loss', rate), retransmitted, from: setOf(from), to: setOf(to) }
    this.#loss = loss
    return () => {
      if (this.#loss === loss) this.#loss = undefined
    }
  }

  delay(delay: Delay): () => void {
    const late = { delay, random: this.#stream('delay') }
    this.#delayFault = late
    return () => {
      if (this.#delayFault === late) this.#delayFault = undefined
    }
  }

  duplicate(rate: number): () => void {
    const chance = this.#chance('duplicate', rate)
    this.#duplicates = chance
    return () => {
      if (this.#duplicates === chance) this.#duplicates = undefined
    }
  }

  reorder(rate: number): () => void {
    const chance = this.#chance('reorder', rate)
    this.#disorder = chance
    return () => {
      if (this.#disorder === chance) this.#disorder = undefined
    }
  }

  dropGossip(rate: number): () => void {
    const chance = this.#chance('gossip', rate)
    this.#gossipLoss = chance
    return () => {
      if (this.#gossipLoss === chance) this.#gossipLoss = undefined
    }
  }

  heal(): void {
    this.#groups = undefined
    this.#cuts.clear()
    this.#delayFault = undefined
    this.#loss = undefined
    this.#duplicates = undefined
    this.#disorder = undefined
    this.#gossipLoss = undefined
  }

  #loses(from: string, to: string): boolean {
    const loss = this.#loss
    if (loss?.from?.has(from) === false || loss?.to?.has(to) === false) return false
    return hits(loss)
  }

  #chance(what: string, rate: number): RandomFault {
    return { rate, random: this.#stream(what) }
  }

  #stream(what: string): Random {
    this.#faults += 1
    return randomStream(this.#seed, `${what} ${this.#faults}`)
  }
}

function hits(chance: RandomFault | undefined): boolean {
  return chance !== undefined && chance.random() < chance.rate
}
