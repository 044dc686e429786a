/** Facts of the simulated cluster: signed by a member, or by an unknown key. */
import type { FactBody, SignedFact } from '@hearsay/core/host'
import * as facts from '../../../test/helpers/signed-facts.ts'
import { simulatedTag } from '../src/simulated-process.ts'

export function signedFact(author: string, body: FactBody): SignedFact {
  return facts.signedFact(author, body, simulatedTag)
}

/** A fact of `author` with the signature of another key. */
export function forgedFact(author: string, body: FactBody): SignedFact {
  return facts.forgedFact(author, body, simulatedTag)
}
