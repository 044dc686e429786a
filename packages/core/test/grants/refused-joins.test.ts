import { describe, expect, it } from 'vitest'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { extendChain, type GrantChain } from '../../src/grants/grant-chain.ts'
import type { AdmissionSession } from '../../src/wire/admission.ts'
import type { Grant } from '../../src/wire/grant.ts'
import { sealGrants } from '../../src/wire/sealed-grants.ts'
import { GrantedMachine, self, startEpochMs } from './granted-machine.ts'
import { authority, chainOf, dayMs, invitation, member, signerOf } from './issued-chains.ts'

const joins = 10_000
const soon = { notAfterMs: startEpochMs + dayMs }
const nonce = new Uint8Array(32)

/** The chain of these grants in another cluster, or of another authority. */
async function foreign(cluster: Uint8Array, issuer: string, grants: readonly Grant[]): Promise<GrantChain> {
  let chain: GrantChain | undefined
  for (const grant of grants) {
    const signer = signerOf(chain?.last.subject ?? issuer)
    const extended = await extendChain(grant, { authority: issuer, cluster, chain, issuer: signer })
    if (extended.ok) chain = extended.value
  }
  return chain ?? chainOf(...grants)
}

/** What a newcomer without a right shows, by its number. */
const shown: Readonly<Record<string, (name: string, number: number) => Promise<Uint8Array>>> = {
  expired: async name => {
    const past = { notAfterMs: startEpochMs - dayMs }
    return (await chainOf(invitation(`ticket of ${name}`, past), member(name, past))).bytes
  },
  revoked: async name => (await chainOf(invitation('revoked ticket', soon), member(name, soon))).bytes,
  'for another cluster': async name =>
    (await foreign(new Uint8Array(16), authority, [invitation('ticket', soon), member(name, soon)])).bytes,
  'of another authority': async name =>
    (await foreign(testTag, idOf('another authority'), [invitation('ticket', soon), member(name, soon)]))
      .bytes,
  'with a changed chain': async (name, number) => {
    const changed = (await chainOf(invitation('ticket', soon), member(name, soon))).bytes.slice()
    // Not the tags of fields, whose lowest bits Protobuf ignores.
    const at = 6 + ((number * 7) % 30)
    changed[at] = (changed[at] ?? 0) ^ (1 + (number % 255))
    return changed
  },
  'of somebody else': async () => (await chainOf(invitation('ticket', soon), member('ada', soon))).bytes,
  'without the last grant': async () => (await chainOf(invitation('ticket', soon))).bytes,
}

describe('10,000 joins without a right', () => {
  it('are refused at the connection, and on every path of a record', { timeout: 120_000 }, async () => {
    const founder = await GrantedMachine.start()
    founder.revoke(idOf('revoked ticket'), startEpochMs + 2 * dayMs)
    const session: AdmissionSession = {
      key: new Uint8Array(32),
      cluster: testTag,
      initiator: self,
      responder: self,
      challenge: new Uint8Array(32),
    }
    /** Whether the gate takes the grants of the initiator. */
    async function isAdmitted(id: string, grants: Uint8Array): Promise<boolean> {
      const theirs = { ...session, initiator: id }
      const sealed = sealGrants(theirs, 'request', nonce, grants) ?? new Uint8Array()
      let at = 0
      const read = async ({ bytes = 0 }: { bytes?: number } = {}) => {
        at += bytes
        return { subarray: () => sealed.subarray(at - bytes, at) }
      }
      const message = { session: theirs, direction: 'request', nonce } as const
      const signal = new AbortController().signal
      const opened = await founder.exchange.read({ read } as never, message, signal)
      return opened !== undefined && (await founder.exchange.accepts(id, opened))
    }
    const kinds = Object.entries(shown)
    const admitted: string[] = []
    for (let i = 0; i < joins; i++) {
      const name = `newcomer ${i}`
      const [kind, show] = kinds[i % kinds.length] ?? ['', shown['expired'] as never]
      const grants = await show(name, i)
      if (await isAdmitted(idOf(name), grants)) admitted.push(`${name}, ${kind}: connection`)
      founder.receive(idOf(name), grants)
      if (founder.machine.table.get(idOf(name))) admitted.push(`${name}, ${kind}: record`)
    }
    expect(admitted).toEqual([])
    expect(founder.members).toEqual([self])
    expect(founder.machine.health().provisional).toBe(0)
    // The same ways are open to a member with a right.
    const { bytes } = await chainOf(invitation('ticket', soon), member('bob', soon))
    expect(await isAdmitted(idOf('bob'), bytes)).toBe(true)
    founder.receive(idOf('bob'), bytes)
    expect(founder.members).toHaveLength(2)
  })
})
