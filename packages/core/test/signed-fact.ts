/** Facts as a simulated member, or nobody, would sign them. */
import { createHash } from 'node:crypto'
import { firstRecord } from '../src/cluster/options.ts'
import { draftFact, type FactBody, type MemberRecord, type SignedFact } from '../src/wire/fact.ts'
import { memberIdFromKey } from '../src/wire/member-id.ts'
import { signedBytes } from '../src/wire/signing.ts'
import { fakeKeys } from './fake-keys.ts'
import { simulatedTag } from './simulated-member.ts'

/** A stranger's id: the same for the same name. */
export function idOf(name: string): string {
  return memberIdFromKey(createHash('sha256').update(name).digest()) ?? ''
}

export function signedFact(author: string, body: FactBody): SignedFact {
  const draft = draftFact(author, body)
  const signature = fakeKeys(author).sign(signedBytes(simulatedTag, draft))
  if (signature instanceof Promise) throw new Error('fake keys answer at once')
  return { ...draft, signature }
}

/** A fact that says `author` and was signed by somebody else. */
export function forgedFact(author: string, body: FactBody): SignedFact {
  return { ...signedFact(idOf('a forger'), body), author }
}

export function recordBody(record: Partial<MemberRecord> & { incarnation: number }): FactBody {
  return {
    type: 'record',
    record: { ...firstRecord({ name: '', tags: {}, incarnation: record.incarnation }), ...record },
  }
}

export function suspicionBody(subject: string, incarnation: number, hard = false): FactBody {
  return { type: 'suspicion', subject, incarnation, hard, epochMs: incarnation }
}

export function heartbeatBody(incarnation: number, beat: number): FactBody {
  return { type: 'heartbeat', incarnation, beat }
}
