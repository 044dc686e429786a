/** Facts, with signatures that anybody could make: equal facts have equal ones. */
import { hash } from 'node:crypto'
import { firstRecord } from '../../src/member/local-record.ts'
import { draftFact, type FactBody, type MemberRecord, type SignedFact } from '../../src/wire/fact.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'
import { signedBytes } from '../../src/wire/signing.ts'
import { clusterTag } from '../../src/wire/tags.ts'

export const testTag: Uint8Array = clusterTag('test')

/** A stranger's id: the same for the same name. */
export function idOf(name: string): string {
  return memberIdFromKey(hash('sha256', name, 'buffer')) ?? ''
}

export function signedFact(author: string, body: FactBody): SignedFact {
  const draft = draftFact(author, body)
  return { ...draft, signature: signatureOf(author, signedBytes(testTag, draft)) }
}

/** 64 bytes. */
export function signatureOf(author: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha512', Buffer.concat([Buffer.from(author), bytes]), 'buffer'))
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

export function heartbeatBody(incarnation: number, sequence: number): FactBody {
  return { type: 'heartbeat', incarnation, sequence }
}
