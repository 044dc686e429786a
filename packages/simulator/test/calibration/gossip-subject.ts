/** Gossip subject: gossiping members, real or modelled, for a trial. Members are indices in the topology. */
import { hash } from 'node:crypto'
import type { RumorVerdict } from '@hearsay/core/host'
import type { Topology } from './topology.ts'

export interface SubjectOptions {
  readonly topology: Topology
  /** Called for each message that a member receives for the first time. */
  readonly judge: (member: number, rumor: Uint8Array, nowMs: number) => RumorVerdict
  /** Whether a member receives only messages that it has requested. */
  readonly isDeaf: (member: number) => boolean
}

export interface GossipSubject {
  readonly tally: Readonly<GossipTally>
  nowMs(): number
  meshSizes(): number[]
  publish(member: number, rumor: Uint8Array): void
  pass(ms: number): Promise<void>
  /** Resolves when each member's gossipsub has had `count` more heartbeats. */
  heartbeats(count: number): Promise<void>
  stop(): Promise<void>
}

export type StartSubject = (options: SubjectOptions) => Promise<GossipSubject>

/** The delay of an RPC in both, uniform and in order: more than a busy machine adds. */
export const minDelayMs = 5
export const maxDelayMs = 50

/** What all members together have sent so far. */
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
