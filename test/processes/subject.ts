/** Subject: a membership system that the story is told about, one process a member. */
import type { Child } from './process.ts'
import type { Sightings } from './sightings.ts'

export interface Subject {
  readonly name: string
  /** Where member 0 will be reached, known before it runs. */
  readonly firstAddress: string
  /** Starts member `index`; with `bootstrap`, into the cluster of the member that has this address. */
  start(index: number, bootstrap: string | undefined, sightings: Sightings): Member
}

export interface Member extends Child {
  readonly name: string
  readonly startedAtMs: number
  /** When it said that it runs, and where others reach it. Rejects with what it said if it ends before. */
  readonly ready: Promise<Ready>
}

export interface Ready {
  readonly atMs: number
  readonly address: string
}

export const memberName = (index: number): string => `m${String(index).padStart(2, '0')}`

let clusters = 0

/** A port for member 0 of one more cluster, below the ports that the system hands out by itself. 2,000 clusters apart. */
export const firstPort = (): number => 12_000 + ((process.pid * 7 + clusters++ * 401) % 8_000)
