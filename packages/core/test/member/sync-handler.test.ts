import { describe, expect, it } from 'vitest'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import type { SyncMessage } from '../../src/wire/codec.ts'
import { syncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { MemberBench, startEpochMs } from './member-bench.ts'

const ada = idOf('ada')
const incarnation = startEpochMs

/** Handles a step of Ada. @returns the effects */
function sync(bench: MemberBench, message: SyncMessage, newFacts: readonly SignedFact[] = message.facts) {
  bench.parts.syncHandler.handle(ada, message, newFacts, bench.now)
  return bench.endStep()
}

const answersIn = (effects: ReturnType<typeof sync>) =>
  effects.flatMap(effect => (effect.type === 'send-sync' ? [effect] : []))

describe('a sync step', () => {
  it('is answered after its facts are merged: the answer contains the table with them', () => {
    const bench = new MemberBench()
    const fact = signedFact(ada, recordBody({ incarnation, name: 'ada' }))
    const [answer] = answersIn(sync(bench, syncMessage({ facts: [fact], more: true })))
    expect(answer?.to).toBe(ada)
    expect(answer?.message.offer).toBe(true)
    expect(answer?.message.tableHash).toEqual(bench.parts.table.hash())
    expect(bench.parts.table.stored(fact)).toBe(fact)
  })

  it('with more facts to come is not answered if none of its facts was new', () => {
    const bench = new MemberBench()
    const fact = signedFact(ada, recordBody({ incarnation }))
    sync(bench, syncMessage({ facts: [fact] }))
    expect(answersIn(sync(bench, syncMessage({ facts: [fact], more: true }), []))).toEqual([])
  })

  it('merges only the facts that the caller verified', () => {
    const bench = new MemberBench()
    sync(bench, syncMessage({ facts: [signedFact(ada, recordBody({ incarnation }))] }), [])
    expect(bench.parts.table.get(ada)).toBeUndefined()
  })

  it('publishes the record of its sender, which may have no gossipsub mesh yet', () => {
    const bench = new MemberBench()
    sync(bench, syncMessage({ facts: [signedFact(ada, recordBody({ incarnation }))] }))
    expect(bench.parts.rumors.size).toBe(1)
  })

  it('of a member whose incarnation was removed here is answered with a ping that makes it start a new one', () => {
    const bench = new MemberBench({ retentionMs: 1_000 })
    const leave = recordBody({ incarnation, leaving: true, leftEpochMs: startEpochMs })
    bench.handle(ada, leave)
    bench.endStep()
    bench.pass(2_000)
    expect(bench.parts.memberEvents.sweep(bench.now)).toEqual([ada])
    bench.endStep()
    const record = signedFact(ada, recordBody({ incarnation, version: 2 }))
    expect(sync(bench, syncMessage({ facts: [record] }), [])).toContainEqual({
      type: 'send-probe',
      to: ada,
      message: { type: 'ping', seq: 0, suspected: incarnation },
    })
    const others = signedFact(idOf('grace'), recordBody({ incarnation, version: 2 }))
    const relayed = sync(bench, syncMessage({ facts: [others] }), [])
    expect(relayed.filter(({ type }) => type === 'send-probe')).toEqual([])
    const greater = signedFact(ada, recordBody({ incarnation: incarnation + 1 }))
    const effects = sync(bench, syncMessage({ facts: [greater] }))
    expect(effects.filter(({ type }) => type === 'send-probe')).toEqual([])
    expect(bench.parts.table.get(ada)?.record.record.incarnation).toBe(incarnation + 1)
  })
})
