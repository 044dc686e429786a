import { beforeEach, describe, expect, it } from 'vitest'
import type { Batch } from '../src/contract.ts'
import { ViewQueue } from '../src/served/view-queue.ts'

/** No time passes, so no interval ends. */
const clock = { now: () => ({ monotonicMs: 0, epochMs: 0 }), setTimer: () => () => {} }
const step = () => new Promise<void>(resolve => queueMicrotask(resolve))

let batches: Batch[]
let queue: ViewQueue
beforeEach(async () => {
  batches = []
  queue = new ViewQueue(clock, batch => batches.push(batch))
  queue.setHidden(true)
  queue.event(0, 'join', 1)
  await step()
  queue.acknowledge(1)
  queue.event(0, 'join', 2)
  await step()
})

describe('the queue of a view', () => {
  it('waits for the interval, unless a call of the view waits for what it changed', async () => {
    expect(batches).toHaveLength(1)
    await queue.sent()
    expect(batches.map(({ events }) => events.map(([, , detail]) => detail))).toEqual([[1], [2]])
  })

  it('has sent everything if nothing has changed', async () => {
    await queue.sent()
    queue.acknowledge(2)
    await queue.sent()
    expect(batches).toHaveLength(2)
  })

  it('sends nothing more before the view has acknowledged the last batch', async () => {
    await queue.sent()
    let isSent = false
    void queue.sent().then(() => {
      isSent = true
    })
    await step()
    await step()
    expect(isSent).toBe(false)
    queue.acknowledge(2)
    await step()
    await step()
    expect(isSent).toBe(true)
  })
})
