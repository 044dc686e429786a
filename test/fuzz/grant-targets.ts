/**
 * Grant targets: what a cluster with an authority or a keyring reads: grants, tickets, facts about the cluster, and signed
 * changes of documents. None of them throws, and none counts that its author did not make.
 */
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import * as Y from 'yjs'
import { grantFault, readChain } from '../../packages/core/src/grants/grant-chain.ts'
import { MemberGrants } from '../../packages/core/src/grants/member-grants.ts'
import { decodeTicketText, encodeTicket } from '../../packages/core/src/grants/ticket-codec.ts'
import { PolicySet } from '../../packages/core/src/policy/policy-set.ts'
import { applyRevocations, revocationKind } from '../../packages/core/src/policy/revocation-kind.ts'
import { changesOf } from '../../packages/core/src/signed-documents/change-parts.ts'
import { SignedReplica } from '../../packages/core/src/signed-documents/signed-replica.ts'
import { writerRule } from '../../packages/core/src/spaces/writer-rule.ts'
import { decodeRumors, encodeRumors } from '../../packages/core/src/wire/codec.ts'
import { isPolicyFact } from '../../packages/core/src/wire/fact.ts'
import { decodeGrants, encodeGrants } from '../../packages/core/src/wire/grant.ts'
import { equalBytes } from '../../packages/core/src/wire/hashes.ts'
import { keyringKey, openKeyring, sealKeyring } from '../../packages/core/src/wire/keyring-fact.ts'
import { decodeSpaceRumors, encodeSpaceRumors } from '../../packages/core/src/wire/space-codec.ts'
import type { SpaceFact } from '../../packages/core/src/wire/space-fact.ts'
import {
  authority,
  chainOf,
  invitation,
  member,
  verifier,
} from '../../packages/core/test/grants/issued-chains.ts'
import { signed } from '../../packages/core/test/helpers/space-facts.ts'
import { idOf, signedFact, testTag } from '../helpers/signed-facts.ts'
import { bytesTarget, codecTarget } from './decoder-target.ts'
import type { Target } from './target.ts'

const nowMs = 1_700_000_000_000
const soon = { notAfterMs: nowMs + 86_400_000 }
const admin = { ...soon, roles: ['admin', 'dev'], mayInvite: true }

/** Chains by each way that there is. */
const chains = await Promise.all([
  chainOf(member('founder', admin)),
  chainOf(invitation('ticket', soon), member('ada', soon)),
  chainOf(
    invitation('for admins', admin),
    member('boss', admin),
    invitation('of boss', soon),
    member('eve', soon),
  ),
])
const [ofFounder, ofAda, ofEve] = chains as [
  (typeof chains)[number],
  (typeof chains)[number],
  (typeof chains)[number],
]
const encodedChains = fc.constantFrom(...chains.map(({ bytes }) => bytes))

const invited = await Promise.all([
  chainOf(invitation('ticket', soon)),
  chainOf(invitation('with roles', { ...soon, roles: ['dev'] })),
])
const checksumBytes = 4
const ticketPrefix = 'hearsay1.'
/** The bytes of tickets, without their checksums: with those, hardly a changed ticket would be read. */
const ticketBodies = invited.map(chain => {
  const address = Uint8Array.of(4, 127, 0, 0, 1, 6, 15, 161)
  const content = { cluster: 'atlas', chain, invitationKey: new Uint8Array(32).fill(1) }
  const secret = new Uint8Array(16).fill(2)
  const text = encodeTicket({ ...content, addresses: [address], secret })
  return new Uint8Array(Buffer.from(text.slice(ticketPrefix.length), 'base64url')).subarray(0, -checksumBytes)
})

function ticketOf(body: Uint8Array): string {
  const checksum = hash('sha256', body, 'buffer').subarray(0, checksumBytes)
  return ticketPrefix + Buffer.concat([body, checksum]).toString('base64url')
}

const revocations = [
  signedFact(authority, revocationOf(ofAda.last.subject, new Uint8Array())),
  signedFact(authority, revocationOf(idOf('ticket'), new Uint8Array())),
  signedFact(idOf('founder'), revocationOf(ofEve.last.subject, ofFounder.bytes)),
  signedFact(idOf('eve'), revocationOf(ofAda.last.subject, ofEve.bytes)),
]

function revocationOf(subject: string, grants: Uint8Array) {
  return { type: 'revocation', subject, untilEpochMs: soon.notAfterMs, epochMs: nowMs, grants } as const
}

const held = keyringKey(new Uint8Array(32).fill(1), 0)
const keyringContent = { keys: [held], removed: ['0123456789abcdef'], topics: new Uint8Array(32).fill(3) }
let nonces = 0
const keyringBody = sealKeyring(testTag, nowMs, keyringContent, [held], () =>
  new Uint8Array(24).fill(++nonces),
)

const writer = idOf('ada')
/** A document of three changes and a checkpoint, by a writer. */
const changes = ((): SpaceFact[] => {
  const doc = new Y.Doc()
  doc.clientID = 7
  const options = { document: 'notes', epochMs: nowMs, replaces: [] }
  const all: SpaceFact[] = []
  const add = (update: Uint8Array, isCheckpoint: boolean) =>
    all.push(...changesOf(update, { ...options, isCheckpoint }).map(body => signed(writer, body)))
  doc.on('update', (update: Uint8Array) => void add(update, false))
  for (const text of ['one ', 'two ', 'three ']) doc.getText('text').insert(0, text)
  add(Y.encodeStateAsUpdate(doc), true)
  return all
})()

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const replica = () =>
  new SignedReplica({
    self: idOf('bob'),
    mayWrite: writerRule(new Set([writer])),
    arrived: (_, update) => void Y.decodeUpdate(update),
  })

export const grantTargets: readonly Target[] = [
  codecTarget(
    'grants',
    encodedChains.map(bytes => {
      const decoded = decodeGrants(bytes)
      if (!decoded.ok) throw new Error('a chain is a list of grants')
      return decoded.value
    }),
    { decode: decodeGrants, encode: encodeGrants },
  ),
  bytesTarget({
    name: 'grant-chain',
    arbitrary: encodedChains,
    format: 'protobuf',
    begin: () => {
      const grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })
      return bytes => {
        const read = readChain(bytes, authority)
        if (!read.ok) return
        const { grants: all, last } = read.value
        for (const [i, grant] of all.entries())
          if (grantFault(grant, all[i - 1]) !== undefined) throw new Error('a chain breaks a rule')
        const isSigned = grants.verify(last.subject, bytes)
        const isKnown = chains.some(chain =>
          all.every(({ payload }, i) => equalBytes(payload, chain.grants[i]?.payload ?? new Uint8Array())),
        )
        if (isSigned === true && !isKnown) throw new Error('a forged chain counts')
      }
    },
  }),
  bytesTarget({
    name: 'ticket',
    arbitrary: fc.constantFrom(...ticketBodies),
    format: 'protobuf',
    begin: () => body => {
      decodeTicketText(Buffer.from(body).toString('latin1'))
      const ticket = ticketOf(body)
      const decoded = decodeTicketText(ticket)
      if (!decoded.ok) return
      const encoded = encodeTicket(decoded.value)
      // The decoder reads invalid UTF-8 as other characters. If these are longer, the ticket may exceed its limit.
      if (encoded.length > ticket.length) return
      const again = decodeTicketText(encoded)
      if (!again.ok || !isDeepStrictEqual(again.value, decoded.value)) throw new Error('a ticket changed')
    },
  }),
  bytesTarget({
    name: 'revocations',
    arbitrary: fc.shuffledSubarray(revocations, { minLength: 1 }).map(encodeRumors),
    format: 'protobuf',
    begin: () => {
      const grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })
      return bytes => {
        const decoded = decodeRumors(bytes)
        if (!decoded.ok) return
        const facts = decoded.value.filter(isPolicyFact)
        const [forwards, backwards] = [facts, facts.toReversed()].map(ordered => {
          const set = new PolicySet({ kinds: { revocation: revocationKind(grants) }, authority })
          for (const fact of ordered) set.merge(fact, nowMs)
          applyRevocations(set, grants)
          return set
        })
        if (!isDeepStrictEqual(forwards?.hash(), backwards?.hash()))
          throw new Error('two members with the same revocations differ')
        for (const chain of chains) grants.isCurrent(chain, nowMs)
      }
    },
  }),
  bytesTarget({
    name: 'keyring',
    arbitrary: fc.constant(encodeRumors([signedFact(writer, keyringBody)])),
    format: 'protobuf',
    begin: () => bytes => {
      const decoded = decodeRumors(bytes)
      for (const fact of decoded.ok ? decoded.value : []) {
        if (fact.type !== 'keyring') continue
        const opened = openKeyring(testTag, fact, [held])
        if (opened && !isDeepStrictEqual(opened, keyringContent)) throw new Error('a forged keyring opened')
      }
    },
  }),
  bytesTarget({
    name: 'signed-changes',
    arbitrary: fc.shuffledSubarray(changes, { minLength: 1 }).map(facts => encodeSpaceRumors(facts)),
    format: 'protobuf',
    runs: 1_000,
    begin: () => bytes => {
      const decoded = decodeSpaceRumors(bytes)
      if (!decoded.ok) return
      const [forwards, backwards] = [decoded.value, decoded.value.toReversed()].map(ordered => {
        const target = replica()
        const now = { monotonicMs: 0, epochMs: nowMs }
        for (const fact of ordered) if (target.admit(fact, now) === 'new') target.merge(fact, now)
        return target.facts
          .all()
          .map(({ id }) => id)
          .sort()
      })
      // A signature is valid for one payload.
      const payloads = new Map(
        decoded.value.map(({ signature, payload }) => [hexOf(signature), hexOf(payload)]),
      )
      const isPossible = decoded.value.every(
        ({ signature, payload }) => payloads.get(hexOf(signature)) === hexOf(payload),
      )
      if (isPossible && !isDeepStrictEqual(forwards, backwards))
        throw new Error('two members with the same changes differ')
    },
  }),
]
