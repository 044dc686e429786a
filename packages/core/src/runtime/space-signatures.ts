/** Space signatures: whether the author of a space's fact signed it, and the issuers of its grants signed these. */
import { all, andThen } from '../base/maybe-async.ts'
import { signedSpaceBytes, type Verifier } from '../wire/signing.ts'
import type { SpaceFact } from '../wire/space-fact.ts'

export interface SpaceVerifier {
  readonly keys: Verifier
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /**
   * Whether each grant of a member is signed by its issuer. Undefined: the cluster has no authority, and grants are ignored.
   */
  readonly verifyGrants?: ((member: string, grants: Uint8Array) => boolean | Promise<boolean>) | undefined
}

export function isSigned(
  space: string,
  fact: SpaceFact,
  { keys, cluster, verifyGrants }: SpaceVerifier,
): boolean | Promise<boolean> {
  const isOfAuthor = keys.verify(fact.author, signedSpaceBytes(cluster, space, fact), fact.signature)
  const grants = fact.type === 'entry' || fact.type === 'change' ? fact.grants : undefined
  if (!grants || !verifyGrants) return isOfAuthor
  return andThen(all([isOfAuthor, verifyGrants(fact.author, grants)]), verdicts => verdicts.every(Boolean))
}
