import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SyncWaiters } from '../../src/handles/sync-waiters.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

describe('a promise for an equal member', () => {
  it('causes no unhandled rejection when the app ignores it', async () => {
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    const waiters = new SyncWaiters(new ManualClock(), () => {})
    void waiters.next(undefined)
    const promise = waiters.next(undefined)
    waiters.close(new Error('the config was left'))
    await expect(promise).rejects.toThrow('the config was left')
    await turn()
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
  })
})
