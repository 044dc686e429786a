import type { Suspicion } from './suspicion.ts'

/** How a member stands here. */
export type Standing =
  | { readonly type: 'alive' }
  | { readonly type: 'suspect'; readonly suspicion: Suspicion }
  | { readonly type: 'dead'; readonly sinceMs: number }
  | { readonly type: 'left' }

/** One other member, as far as this detector is concerned. Times are monotonic ms, −Infinity for never. */
export interface Member {
  readonly id: string
  incarnation: number
  /** Change it through `Roster.stand` only: it keeps the counts. */
  standing: Standing
  /** Until when its own word excuses it (attention). */
  excusedUntilMs: number
  /** When a byte last came from it directly. */
  heardMs: number
  /** When it was last probed. */
  probedMs: number
  /** When it was last probed out of turn. */
  hurriedMs: number
}

/** Roster: every other member that is known, and how many stand how, counted as they change. */
export class Roster {
  readonly #members = new Map<string, Member>()
  readonly #counts = { alive: 0, suspect: 0, dead: 0, left: 0 }

  get(id: string): Member | undefined {
    return this.#members.get(id)
  }

  /** Members that are alive here, without this one. */
  get aliveCount(): number {
    return this.#counts.alive
  }

  /** The cluster's size in the formulas: all that are alive or suspect, with this one. */
  get clusterSize(): number {
    return 1 + this.#counts.alive + this.#counts.suspect
  }

  add(id: string, incarnation: number, standing: Standing): Member {
    const member: Member = {
      id,
      incarnation,
      standing,
      excusedUntilMs: -Infinity,
      heardMs: -Infinity,
      probedMs: -Infinity,
      hurriedMs: -Infinity,
    }
    this.#members.set(id, member)
    this.#counts[standing.type] += 1
    return member
  }

  stand(member: Member, standing: Standing): void {
    this.#counts[member.standing.type] -= 1
    member.standing = standing
    this.#counts[standing.type] += 1
  }

  delete(member: Member): void {
    if (this.#members.delete(member.id)) this.#counts[member.standing.type] -= 1
  }
}

/** Alive or suspect: worth probing. */
export function isLiving(member: Member | undefined): member is Member {
  return member?.standing.type === 'alive' || member?.standing.type === 'suspect'
}
