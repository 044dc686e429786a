import { describe, expect, it } from 'vitest'
import { SyncWaiters } from '../../src/handles/sync-waiters.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

describe('a promise for an equal member', () => {
  it('causes no unhandled rejection when the app ignores it', async () => {
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', hear)
    const agreement = new SyncWaiters(new ManualClock(), () => {})
    void agreement.next(undefined)
    const kept = agreement.next(undefined)
    agreement.rejectAll(new Error('the config was left'))
    await expect(kept).rejects.toThrow('the config was left')
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unhandled).toEqual([])
  })
})
