/** Changes and entries that a member without the right to write sends, in every way in which they can claim that right. */
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { ConfigReplica } from '../../src/config/config-replica.ts'
import { MemberGrants } from '../../src/grants/member-grants.ts'
import { isSigned } from '../../src/runtime/space-signatures.ts'
import { changesOf } from '../../src/signed-documents/change-parts.ts'
import { SignedReplica } from '../../src/signed-documents/signed-replica.ts'
import { type WriterList, writerRule } from '../../src/spaces/writer-rule.ts'
import { signedSpaceBytes } from '../../src/wire/signing.ts'
import { draftSpaceFact, type SpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import { authority, chainOf, dayMs, invitation, member, verifier } from '../grants/issued-chains.ts'

const space = '0a'.repeat(12)
const [ada, eve] = [idOf('ada'), idOf('eve')]
const now = { monotonicMs: 0, epochMs: 5 * dayMs }
const roles = { roles: ['editor'] }
const editor = await chainOf(invitation('ticket', roles), member('ada', roles))
const none = await chainOf(invitation('plain'), member('eve'))
const reader = await chainOf(
  invitation('reading', { roles: ['editor', 'reader'] }),
  member('eve', { roles: ['editor', 'reader'] }),
)
const expired = await chainOf(
  invitation('old', { ...roles, notAfterMs: dayMs }),
  member('eve', { ...roles, notAfterMs: dayMs }),
)

const grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })

const update = (() => {
  const doc = new Y.Doc()
  doc.getText().insert(0, 'forged')
  return Y.encodeStateAsUpdate(doc)
})()

/** A change and an entry with these grants. */
function bodies(bytes: Uint8Array | undefined, epochMs: number): SpaceFactBody[] {
  return [
    ...changesOf(update, { document: '', epochMs, isCheckpoint: false, replaces: [], grants: bytes }),
    ...changesOf(update, { document: '', epochMs, isCheckpoint: true, replaces: [], grants: bytes }),
    { type: 'entry', key: 'k', value: 1, epochMs, count: 0, replaces: undefined, grants: bytes },
  ]
}

/** @param signer signs in the name of the author */
function factsOf(
  author: string,
  signer: string,
  bytes: Uint8Array | undefined,
  epochMs = now.epochMs,
): SpaceFact[] {
  return bodies(bytes, epochMs).map(body => {
    const draft = draftSpaceFact(author, body)
    return { ...draft, signature: signatureOf(signer, signedSpaceBytes(testTag, space, draft)) }
  })
}

/** How many of the facts the members merge: those that are admitted, and signed with their grants. */
function merged(facts: readonly SpaceFact[], writers: WriterList = { role: 'editor' }): number {
  const mayWrite = writerRule(writers, grants)
  const document = new SignedReplica({ self: 'local', mayWrite, arrived() {} })
  const ignored = { merged() {}, quarantined() {}, dropped() {}, forgotten() {} }
  const config = new ConfigReplica({ self: ada, mayWrite, retentionMs: dayMs, ...ignored })
  const verifyGrants = (id: string, bytes: Uint8Array) => grants.verify(id, bytes)
  return facts.filter(fact => {
    const admission = (fact.type === 'change' ? document : config).admit(fact, now)
    return admission === 'new' && isSigned(space, fact, { cluster: testTag, keys: verifier, verifyGrants })
  }).length
}

describe('changes and entries by a role', () => {
  it('count if their author has it', () => {
    const facts = factsOf(ada, ada, editor.bytes)
    expect(merged(facts)).toBe(facts.length)
  })

  it.each<[string, readonly SpaceFact[]]>([
    ['no grants', factsOf(eve, eve, undefined)],
    ['grants without the role', factsOf(eve, eve, none.bytes)],
    ['the role, and the role reader', factsOf(eve, eve, reader.bytes)],
    ['grants that have expired', factsOf(eve, eve, expired.bytes)],
    ['the grants of an editor', factsOf(eve, eve, editor.bytes)],
    ['the name and the grants of an editor', factsOf(ada, eve, editor.bytes)],
    ['a date before all dates and no role', factsOf(eve, eve, none.bytes, 0)],
    ['a date in a week', factsOf(ada, ada, editor.bytes, now.epochMs + 7 * dayMs)],
    ['bytes that are no grants', factsOf(eve, eve, Uint8Array.of(1, 2, 3))],
    [
      'grants with changed bytes',
      Array.from(none.bytes, (_, at) => factsOf(eve, eve, changed(none.bytes, at))).flat(),
    ],
    ['half of the grants', factsOf(eve, eve, editor.bytes.subarray(0, editor.bytes.length >> 1))],
  ])('do not count with %s', (_, facts) => {
    expect(facts.length).toBeGreaterThan(0)
    expect(merged(facts)).toBe(0)
    expect(merged(facts, new Set([idOf('another')]))).toBe(0)
  })

  it('do not count after a revocation, and count before it', () => {
    const revoked = new MemberGrants({ authority, cluster: testTag, keys: verifier })
    const revocation = {
      subject: ada,
      author: authority,
      untilMs: 10 * dayMs,
      atMs: 3 * dayMs,
      chain: undefined,
    }
    revoked.revocations.add(revocation)
    const mayWrite = writerRule({ role: 'editor' }, revoked)
    const at = (epochMs: number) => mayWrite({ author: ada, epochMs, grants: editor.bytes })
    expect([at(2 * dayMs), at(4 * dayMs)]).toEqual([true, false])
  })
})

describe('facts that arrived before the revocation of their author', () => {
  const revoked = new MemberGrants({ authority, cluster: testTag, keys: verifier })
  const mayWrite = writerRule({ role: 'editor' }, revoked)
  const facts = factsOf(ada, ada, editor.bytes, 4 * dayMs)
  const revoke = (atMs: number) =>
    revoked.revocations.replace([
      { subject: ada, author: authority, untilMs: 10 * dayMs, atMs, chain: undefined },
    ])

  it('are dropped at the next sweep, if they are dated after it', () => {
    revoked.revocations.replace([])
    const document = new SignedReplica({ self: 'local', mayWrite, arrived() {} })
    const forgotten: string[] = []
    const ignored = {
      merged() {},
      quarantined() {},
      dropped() {},
      forgotten: (key: string) => forgotten.push(key),
    }
    const config = new ConfigReplica({ self: eve, mayWrite, retentionMs: dayMs, ...ignored })
    for (const fact of facts) {
      if (fact.type === 'change' && !fact.isCheckpoint && document.admit(fact, now) === 'new')
        document.merge(fact, now)
      if (fact.type === 'entry') config.merge(fact, now)
    }
    const sizes = () => [document.facts.size, config.facts.size]
    expect(sizes()).toEqual([1, 1])
    revoke(5 * dayMs)
    document.sweep(now)
    config.sweep(now)
    expect(sizes()).toEqual([1, 1])
    revoke(3 * dayMs)
    document.sweep(now)
    config.sweep(now)
    expect(sizes()).toEqual([0, 0])
    expect(document.document('').isCheckpointDue).toBe(false)
    expect(forgotten).toEqual(['k'])
    expect(config.entries.versions('k')).toEqual([])
  })
})

describe('a checkpoint that arrived before the revocation of its author', () => {
  it('stays, because it has replaced updates of others, until a writer replaces it', () => {
    const revoked = new MemberGrants({ authority, cluster: testTag, keys: verifier })
    const document = new SignedReplica({
      self: 'local',
      mayWrite: writerRule({ role: 'editor' }, revoked),
      arrived() {},
    })
    for (const fact of factsOf(ada, ada, editor.bytes, 4 * dayMs))
      if (fact.type === 'change' && document.admit(fact, now) === 'new') document.merge(fact, now)
    const of = { subject: ada, author: authority, untilMs: 10 * dayMs, atMs: 3 * dayMs, chain: undefined }
    revoked.revocations.add(of)
    document.sweep(now)
    expect([...document.document('').updates()]).toEqual([update])
    expect(document.document('').isCheckpointDue).toBe(true)
  })
})

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
