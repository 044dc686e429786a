/** Refused facts: how many facts of other members this member dropped or delayed, by reason. */

/**
 * - `unknown-author`: a suspicion by an id that is not a member.
 * - `no-grant`: a record of an id whose grants are missing, expired or revoked, in a cluster with an authority.
 * - `record-rate`, `suspicion-rate`: more records, heartbeats or suspicions of one author than its rate allows. Heartbeats count
 *   as `record-rate`.
 * - `policy`: a revocation or keyring that does not count in this cluster, that its author may not write, that none of this
 *   member's keys opens, whose date is more than a day ahead, whose end has passed, or for which the policy set has no
 *   capacity. The fact counts each time that it arrives, and its signature is not verified.
 * - `policy-rate`: more policy facts of one author than its rate allows.
 * - `provisional-rate`: one peer reported more unknown ids than its rate allows.
 * - `provisional-evicted`: the record of an unknown id was replaced by later ones before the id became a member.
 * - `introducer-quota`: an introduction beyond the quota of its author. The subject waits.
 * - `introducer-unreachable`: an introduction by a member whose earlier subjects could not be reached. The subject waits.
 */
export type FactRefusal =
  | 'unknown-author'
  | 'no-grant'
  | 'record-rate'
  | 'suspicion-rate'
  | 'policy'
  | 'policy-rate'
  | 'provisional-rate'
  | 'provisional-evicted'
  | 'introducer-quota'
  | 'introducer-unreachable'

export const noRefusedFacts: Readonly<Record<FactRefusal, number>> = {
  'unknown-author': 0,
  'no-grant': 0,
  'record-rate': 0,
  'suspicion-rate': 0,
  policy: 0,
  'policy-rate': 0,
  'provisional-rate': 0,
  'provisional-evicted': 0,
  'introducer-quota': 0,
  'introducer-unreachable': 0,
}

export class RefusedFacts {
  #counts = noRefusedFacts

  count(reason: FactRefusal): void {
    this.#counts = { ...this.#counts, [reason]: this.#counts[reason] + 1 }
  }

  /** Since the start, by reason. The same object until the next refusal. */
  counts(): Readonly<Record<FactRefusal, number>> {
    return this.#counts
  }
}
