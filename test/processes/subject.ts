/** Subject: a membership system that the story is told about, one process a member. */
import type { Child } from './process.ts'
import type { Sightings } from './sightings.ts'

export interface Subject {
  readonly name: string
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
