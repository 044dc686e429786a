/** Policy facts and a simple kind of them, for tests. */
import { idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import type { PolicyKind } from '../../src/policy/policy-kind.ts'
import { PolicySet, type PolicySetOptions } from '../../src/policy/policy-set.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'

export const nowMs = 1_700_000_000_000
export const authority: string = idOf('authority')

export function revocation(author: string, subject: string, untilEpochMs: number): PolicyFact {
  return signedFact(author, {
    type: 'revocation',
    subject: idOf(subject),
    untilEpochMs,
    epochMs: nowMs,
    grants: new Uint8Array(),
  }) as PolicyFact
}

/** A register for each subject, in which the fact that counts longest is the latest. */
export const revocationKind: PolicyKind = {
  key: fact => (fact.type === 'revocation' ? fact.subject : ''),
  order: fact => (fact.type === 'revocation' ? fact.untilEpochMs : 0),
  untilEpochMs: fact => (fact.type === 'revocation' ? fact.untilEpochMs : 0),
  dateOf: fact => (fact.type === 'revocation' ? fact.epochMs : 0),
  admits: fact => fact.author !== idOf('mallory'),
}

export function policySet(options: PolicySetOptions = {}): PolicySet {
  return new PolicySet({ kinds: { revocation: revocationKind }, authority, ...options })
}
