/** Gossip subject: the members of a trial, with real or modelled gossipsub. A member is an index in the topology. */
import { hash } from 'node:crypto'
import type { RumorVerdict } from '@hearsay/core/host'
import type { Topology } from './topology.ts'

export interface SubjectOptions {
  readonly topology: Topology
  /** Called when a member receives a message for the first time. Decides whether the member forwards the message. */
  readonly judge: (member: number, rumor: Uint8Array, nowMs: number) => RumorVerdict
  /** Whether a member is *deaf*: it drops messages that the sender did not announce to it before (IHAVE). */
  readonly isDeaf: (member: number) => boolean
}

export interface GossipSubject {
  readonly tally: Readonly<GossipTally>
  nowMs(): number
  /** The number of mesh peers of each member. */
  meshSizes(): number[]
  publish(member: number, rumor: Uint8Array): void
  /** Resolves after this time. */
  pass(ms: number): Promise<void>
  /** Resolves when the gossipsub of each member has had `count` more heartbeats. */
  heartbeats(count: number): Promise<void>
  stop(): Promise<void>
}

export type StartSubject = (options: SubjectOptions) => Promise<GossipSubject>

/**
 * The delay of an RPC, real or modelled: uniformly distributed, and RPCs of one sender stay in order. Our choice: 5 to
 * 50 ms, more than the delay that a busy machine adds.
 */
export const minDelayMs = 5
export const maxDelayMs = 50

/** Counts of everything that all members together have sent so far. */
export interface GossipTally {
  messages: number
  messageBytes: number
  /** Bytes of everything except messages. */
  controlBytes: number
  grafts: number
  prunes: number
  ihaves: number
  ihaveIds: number
  iwants: number
  /** Requested ids that the requested peer had. */
  iwantIds: number
  idontwants: number
}

export function emptyTally(): GossipTally {
  return {
    messages: 0,
    messageBytes: 0,
    controlBytes: 0,
    grafts: 0,
    prunes: 0,
    ihaves: 0,
    ihaveIds: 0,
    iwants: 0,
    iwantIds: 0,
    idontwants: 0,
  }
}

/** A message id as text, computed as core configures gossipsub. */
export function rumorName(rumor: Uint8Array): string {
  return hash('sha256', rumor).slice(0, 40)
}
