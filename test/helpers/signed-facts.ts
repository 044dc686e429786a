/** Facts with simulated signatures, which any test can make. Equal facts have equal signatures. */
import { hash } from 'node:crypto'
import { firstRecord } from '../../packages/core/src/member/local-record.ts'
import {
  draftFact,
  type FactBody,
  type MemberRecord,
  type SignedFact,
} from '../../packages/core/src/wire/fact.ts'
import { memberIdFromKey } from '../../packages/core/src/wire/member-id.ts'
import { signedBytes } from '../../packages/core/src/wire/signing.ts'
import { clusterTag } from '../../packages/core/src/wire/tags.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'

export const testTag: Uint8Array = clusterTag('test')

/** The id of an unknown member: the same for the same name. */
export function idOf(name: string): string {
  return memberIdFromKey(hash('sha256', name, 'buffer')) ?? ''
}

/** A fact that `signer` signs. To forge a fact, pass a signer other than the author. */
export function signedFact(author: string, body: FactBody, tag = testTag, signer = author): SignedFact {
  const draft = draftFact(author, body)
  return { ...draft, signature: signatureOf(signer, signedBytes(tag, draft)) }
}

/** A fact of `author` with the signature of another key. */
export function forgedFact(author: string, body: FactBody, tag = testTag): SignedFact {
  return signedFact(author, body, tag, idOf('a forger'))
}

export function recordBody(record: Partial<MemberRecord> & { incarnation: number }): FactBody {
  return {
    type: 'record',
    record: { ...firstRecord({ name: '', tags: {}, incarnation: record.incarnation }), ...record },
  }
}

export function suspicionBody(subject: string, incarnation: number, refused = false): FactBody {
  return { type: 'suspicion', subject, incarnation, refused, epochMs: incarnation }
}

export function introductionBody(subject: string, incarnation: number): FactBody {
  return { type: 'introduction', subject, incarnation }
}

export function heartbeatBody(incarnation: number, sequence: number): FactBody {
  return { type: 'heartbeat', incarnation, sequence }
}
