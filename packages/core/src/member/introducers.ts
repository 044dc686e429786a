/**
 * Introducers: how much each member's introductions count here.
 *
 * An introducer has a quota, and loses the right to introduce for ten minutes when more of its subjects proved unreachable
 * for this member than reachable, at least three. Subjects that were connected here before never count as unreachable:
 * they existed, and may have died. An introduction asserts that the introducer is connected to the subject. So if many of
 * its subjects are unreachable, the introducer invented them, or only the introducer reaches them.
 */
import { dropOldest, setNewest } from '../base/oldest-first.ts'
import { TokenBuckets } from '../base/token-buckets.ts'

/** Our choice: as many as there are members, at least 32 and at most 64; then one every 5 s. */
const quota = { burst: 64, refillMs: 5_000, maxKeys: 1_024 }
const minBurst = 32
const minUnreachable = 3
const revokedMs = 600_000
const maxIntroducers = 1_024
/**
 * After this number of failed dials in a row a subject counts as unreachable. The rings skip the subject after the same
 * number.
 */
const failuresUntilUnreachable = 4
const maxFailures = 1_024
const maxReached = 4_096

interface Trust {
  answered: number
  unreachable: number
  /** When the present ten minutes began, in which outcomes are counted. */
  sinceMs: number
  revokedUntilMs: number
}

export class Introducers {
  readonly #quotas = new TokenBuckets(quota)
  readonly #trust = new Map<string, Trust>()
  /** The number of failed dials in a row, by subject; subjects that counted as unreachable stay. */
  readonly #failures = new Map<string, number>()
  /** Members that were connected here. When such a member dies, its introducer is not to blame. */
  readonly #reached = new Set<string>()

  get size(): number {
    return Math.max(this.#quotas.size, this.#trust.size, this.#failures.size)
  }

  isRevoked(introducer: string, nowMs: number): boolean {
    return nowMs < (this.#trust.get(introducer)?.revokedUntilMs ?? Number.NEGATIVE_INFINITY)
  }

  /**
   * Uses a part of the quota.
   *
   * @param members the number of members here: one introducer can at most double it at once
   * @returns false if nothing is left of the quota
   */
  take(introducer: string, members: number, nowMs: number): boolean {
    const burst = Math.max(minBurst, Math.min(members, quota.burst))
    return this.#quotas.take(introducer, nowMs, { burst })
  }

  /** A connection to a member opened. @param introducer undefined: not known yet */
  answered(introducer: string | undefined, subject: string, nowMs: number): void {
    this.#failures.delete(subject)
    this.#reached.delete(subject)
    this.#reached.add(subject)
    dropOldest(this.#reached, maxReached)
    if (introducer !== undefined) this.#of(introducer, nowMs).answered += 1
  }

  /**
   * A dial of a subject failed. The failure says nothing about the introducer if the subject was connected here before.
   *
   * @param connected the number of other subjects of this introducer that are connected here
   */
  dialFailed(introducer: string, subject: string, connected: number, nowMs: number): void {
    if (this.#reached.has(subject)) return
    const failures = (this.#failures.get(subject) ?? 0) + 1
    setNewest(this.#failures, subject, failures, maxFailures)
    if (failures !== failuresUntilUnreachable) return
    const trust = this.#of(introducer, nowMs)
    trust.unreachable += 1
    if (trust.unreachable >= minUnreachable && trust.unreachable > Math.max(trust.answered, connected))
      trust.revokedUntilMs = nowMs + revokedMs
  }

  sweep(nowMs: number): void {
    this.#quotas.sweep(nowMs)
    for (const [id, { sinceMs, revokedUntilMs }] of this.#trust)
      if (nowMs - sinceMs >= revokedMs && nowMs >= revokedUntilMs) this.#trust.delete(id)
  }

  #of(introducer: string, nowMs: number): Trust {
    const known = this.#trust.get(introducer)
    if (known && (nowMs - known.sinceMs < revokedMs || nowMs < known.revokedUntilMs)) return known
    const begun = { answered: 0, unreachable: 0, sinceMs: nowMs, revokedUntilMs: Number.NEGATIVE_INFINITY }
    this.#trust.set(introducer, begun)
    dropOldest(this.#trust, maxIntroducers)
    return begun
  }
}
