/** Chains of grants with simulated signatures, which any test can make. */
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { extendChain, type GrantChain } from '../../src/grants/grant-chain.ts'
import type { Grant } from '../../src/wire/grant.ts'
import type { Signer, Verifier } from '../../src/wire/signing.ts'

export const authority: string = idOf('authority')
export const dayMs = 86_400_000

/** Signs with the simulated key of this name. */
export const signerOf = (id: string): Signer => ({ sign: bytes => signatureOf(id, bytes) })

export const verifier: Verifier = {
  verify: (author, bytes, signature) => Buffer.compare(signatureOf(author, bytes), signature) === 0,
}

export const member = (name: string, grant: Partial<Grant> = {}): Grant => ({
  subject: idOf(name),
  isInvitation: false,
  roles: [],
  notAfterMs: 10 * dayMs,
  mayInvite: false,
  ...grant,
})

export const invitation = (name: string, grant: Partial<Grant> = {}): Grant => ({
  ...member(name, grant),
  isInvitation: true,
})

/** The chain of these grants, each signed by the subject of the one before. @throws a rule forbids it */
export async function chainOf(...grants: readonly Grant[]): Promise<GrantChain> {
  let chain: GrantChain | undefined
  for (const grant of grants) {
    const issuer = signerOf(chain?.last.subject ?? authority)
    const extended = await extendChain(grant, { authority, cluster: testTag, chain, issuer })
    if (!extended.ok) throw new Error(extended.failure.detail)
    chain = extended.value
  }
  if (!chain) throw new Error('no grants')
  return chain
}
