/** Facts signed by a simulated member, or by an unknown key. */
import { hash } from 'node:crypto'
import {
  draftFact,
  type FactBody,
  firstRecord,
  type MemberRecord,
  memberIdFromKey,
  type SignedFact,
  signedBytes,
} from '@hearsay/core/host'
import { signatureOf } from '../src/simulated-keys.ts'
import { simulatedTag } from '../src/simulated-member.ts'

/** The id of an unknown member: the same for the same name. */
export function idOf(name: string): string {
  return memberIdFromKey(hash('sha256', name, 'buffer')) ?? ''
}

export function signedFact(author: string, body: FactBody): SignedFact {
  const draft = draftFact(author, body)
  return { ...draft, signature: signatureOf(author, signedBytes(simulatedTag, draft)) }
}

/** A fact of `author` with the signature of another key. */
export function forgedFact(author: string, body: FactBody): SignedFact {
  return { ...signedFact(idOf('a forger'), body), author }
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
