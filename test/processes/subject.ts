/** Subject: a membership system that the bench measures, one process a member. */
import type { Child } from './process.ts'
import type { Sightings } from './sightings.ts'

export interface Subject {
  readonly name: string
  /** The address of member 0, known before member 0 runs. */
  readonly firstAddress: string
  /** Starts member `index`; with `bootstrap`, the member joins through the member at this address. */
  start(index: number, bootstrap: string | undefined, sightings: Sightings): Member
}

export interface Member extends Child {
  readonly name: string
  readonly startedAtMs: number
  /**
   * When it reported that it runs, and its address. Rejects with the member's output if the member ends
   * before that.
   */
  readonly ready: Promise<Ready>
}

export interface Ready {
  readonly atMs: number
  readonly address: string
}

/** Where the members of a subject run. */
export interface Placement {
  /** The IPv4 address of a member. */
  address(index: number): string
  /** The command that runs this program at the place of a member. */
  command(index: number, program: string, args: readonly string[]): readonly [string, ...string[]]
}

/** All members on this computer, at one address. */
export const onLoopback: Placement = {
  address: () => '127.0.0.1',
  command: (_, program, args) => [program, ...args],
}

export const memberName = (index: number): string => `m${String(index).padStart(2, '0')}`

let clusters = 0

/** A port for member 0 of a new cluster, below the ephemeral ports of the system. 2,000 clusters apart. */
export const firstPort = (): number => 12_000 + ((process.pid * 7 + clusters++ * 401) % 8_000)
