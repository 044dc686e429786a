/** Gossip subject: members that gossip, real or modelled, as a trial sees them. Members are places in the topology. */
import { hash } from 'node:crypto'
import type { RumorVerdict } from '@hearsay/core/host'
import type { Topology } from './topology.ts'

export interface SubjectOptions {
  readonly topology: Topology
  /** Called for what a member receives and has not seen. */
  readonly judge: (member: number, rumor: Uint8Array, nowMs: number) => RumorVerdict
  /** Whether a member gets none of what it has not asked for. */
  readonly isDeaf: (member: number) => boolean
}

export interface GossipSubject {
  readonly tally: Readonly<GossipTally>
  nowMs(): number
  meshSizes(): number[]
  publish(member: number, rumor: Uint8Array): void
  pass(ms: number): Promise<void>
  /** Until each member's gossipsub has had so many heartbeats more. */
  heartbeats(count: number): Promise<void>
  stop(): Promise<void>
}

export type StartSubject = (options: SubjectOptions) => Promise<GossipSubject>

/** What an RPC is under way in both, uniformly, in order: more than a busy machine adds to it. */
export const minDelayMs = 5
export const maxDelayMs = 50

/** What all members together have sent so far. */
export interface GossipTally {
  messages: number
  messageBytes: number
  /** Of everything but messages. */
  controlBytes: number
  grafts: number
  prunes: number
  ihaves: number
  ihaveIds: number
  iwants: number
  /** Ids asked for that the asked had. */
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

/** A message id as text, as core has gossipsub make them. */
export function rumorName(rumor: Uint8Array): string {
  return hash('sha256', rumor).slice(0, 40)
}
