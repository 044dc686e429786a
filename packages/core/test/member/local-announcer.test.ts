import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { EffectQueue } from '../../src/member/effect-queue.ts'
import { LocalAnnouncer } from '../../src/member/local-announcer.ts'
import { firstRecord, LocalRecord } from '../../src/member/local-record.ts'

const self = idOf('self')
const ada = idOf('ada')

function bench() {
  const effectQueue = new EffectQueue()
  const record = new LocalRecord(firstRecord({ name: 'self', tags: {}, incarnation: 1_000 }))
  const announcer = new LocalAnnouncer(self, record, effectQueue, 500)
  /** The effects so far: `persist incarnation`, or the drafted fact. */
  const taken = () =>
    effectQueue.take().map(effect => {
      if (effect.type === 'persist') return `persist ${effect.incarnation}`
      if (effect.type !== 'sign') return effect.type
      const { draft } = effect
      if (draft.type === 'record') return `record ${draft.record.incarnation} ${draft.record.version}`
      if (draft.type === 'heartbeat') return `heartbeat ${draft.incarnation} ${draft.sequence}`
      if (draft.type === 'introduction')
        return `introduction ${draft.subject === ada ? 'ada' : '?'} ${draft.incarnation}`
      if (draft.type !== 'suspicion') return draft.type
      return `suspicion ${draft.subject === ada ? 'ada' : '?'} ${draft.incarnation} ${draft.refused} ${draft.epochMs}`
    })
  return { announcer, taken }
}

describe('local announcer', () => {
  it('stores the incarnation before it drafts a record: the member must not publish what it could forget', () => {
    const { announcer, taken } = bench()
    announcer.announceChange({ name: 'renamed' })
    expect(taken()).toEqual(['persist 1000', 'record 1000 2'])
  })

  it('refutes a claim with a greater incarnation than claimed and than its own, and version 1', () => {
    const { announcer, taken } = bench()
    announcer.announceChange({})
    taken()
    announcer.refute(1_000)
    expect(taken()).toEqual(['persist 1001', 'record 1001 1'])
    announcer.refute(5_000)
    expect(taken()).toEqual(['persist 5001', 'record 5001 1'])
    announcer.refute(1_000)
    expect(taken()).toEqual(['persist 5002', 'record 5002 1'])
  })

  it('restarts with the present time as its incarnation, even below its own', () => {
    const { announcer, taken } = bench()
    announcer.restart(900)
    expect(taken()).toEqual(['persist 900', 'record 900 1'])
  })

  it('counts heartbeats from 1 in each incarnation, and schedules the next one', () => {
    const { announcer, taken } = bench()
    expect(announcer.heartbeatDueMs).toBe(500)
    announcer.sendHeartbeat(2_000, 600)
    announcer.sendHeartbeat(2_000, 2_700)
    expect(taken()).toEqual(['heartbeat 1000 1', 'heartbeat 1000 2'])
    expect(announcer.heartbeatDueMs).toBe(4_700)
    announcer.refute(1_000)
    announcer.sendHeartbeat(2_000, 5_000)
    expect(taken().at(-1)).toBe('heartbeat 1001 1')
  })

  it('drafts a suspicion with its date, and stores nothing for it', () => {
    const { announcer, taken } = bench()
    announcer.publishSuspicion(ada, 7, true, 1_234)
    expect(taken()).toEqual(['suspicion ada 7 true 1234'])
  })
})
