/**
 * Chain verifier: whether each grant of a chain is signed by its issuer.
 *
 * Valid signatures are cached, because each record of a member carries its chain, and members that came by one invitation
 * share its grant. A cached signature is valid for ever: it does not depend on dates.
 */

import { toString as toText } from 'uint8arrays/to-string'
import { all, andThen } from '../base/maybe-async.ts'
import { dropOldest } from '../base/oldest-first.ts'
import { type SignedGrant, signedGrantBytes } from '../wire/grant.ts'
import type { Verifier } from '../wire/signing.ts'
import type { GrantChain } from './grant-chain.ts'

/** Our choice: two grants for each of 4,000 members, at some 300 bytes each. */
const maxCached = 8_192

export class ChainVerifier {
  readonly #cluster: Uint8Array
  readonly #keys: Verifier
  /** Oldest first. */
  readonly #valid = new Set<string>()

  /** @param cluster the cluster tag */
  constructor(cluster: Uint8Array, keys: Verifier) {
    this.#cluster = cluster
    this.#keys = keys
  }

  /** The number of cached signatures. */
  get cached(): number {
    return this.#valid.size
  }

  verify({ authority, grants }: GrantChain): boolean | Promise<boolean> {
    const verdicts = grants.map((grant, i) =>
      this.#verifyGrant(authority, grants[i - 1]?.subject ?? authority, grant),
    )
    return andThen(all(verdicts), verdicts => verdicts.every(Boolean))
  }

  #verifyGrant(
    authority: string,
    issuer: string,
    { payload, signature }: SignedGrant,
  ): boolean | Promise<boolean> {
    const entry = `${authority} ${issuer} ${toText(signature, 'latin1')}${toText(payload, 'latin1')}`
    const isKnown = this.#valid.delete(entry)
    const isValid =
      isKnown || this.#keys.verify(issuer, signedGrantBytes(this.#cluster, authority, payload), signature)
    return andThen(isValid, isValid => {
      if (isValid) dropOldest(this.#valid.add(entry), maxCached)
      return isValid
    })
  }
}
