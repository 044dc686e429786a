/** Proof kinds: what an uninvited peer proves when it tries to become a member. */
import type { Credentials } from './admission-proof.ts'

export const proofKinds = [
  'wrong secret',
  'no secret',
  'other cluster',
  'replayed proof',
  'no proof',
] as const
export type ProofKind = (typeof proofKinds)[number]

/** @param real the credentials of the members */
export function credentialsFor(kind: ProofKind, real: Credentials): Credentials {
  switch (kind) {
    case 'other cluster':
      return { ...real, cluster: `${real.cluster}-other` }
    case 'no secret':
      return { ...real, secret: undefined }
    default:
      return { ...real, secret: `${real.secret}?` }
  }
}
