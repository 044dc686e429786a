import { expect, it } from 'vitest'
import { withOneRetry } from '../../../src/libp2p/browser/bounded-web-rtc.ts'

type Dial = Parameters<typeof withOneRetry>[0]

const address = undefined as never
const connection = {} as Awaited<ReturnType<Dial>>

/** A dial whose attempts end as named, in this order, and the number of attempts. */
function dialling(...tries: readonly ('connects' | 'hangs' | 'fails')[]) {
  const signals: AbortSignal[] = []
  const dial = withOneRetry((async (_, { signal }) => {
    const goes = tries[signals.push(signal) - 1]
    if (goes === 'connects') return connection
    if (goes === 'fails') throw new Error('refused')
    return await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }) as Dial)
  const controller = new AbortController()
  const dialled = dial(address, { signal: controller.signal } as never)
  return { dialled, signals, controller }
}

it('retries a dial that hangs, with the remaining time', async () => {
  const { dialled, signals, controller } = dialling('hangs', 'connects')
  expect(await dialled).toBe(connection)
  expect(signals).toHaveLength(2)
  expect(signals[1]).toBe(controller.signal)
})

it('does not retry a dial that was refused or hangs twice', async () => {
  const refused = dialling('fails', 'connects')
  await expect(refused.dialled).rejects.toThrow('refused')
  expect(refused.signals).toHaveLength(1)

  const { dialled, signals, controller } = dialling('hangs', 'hangs', 'connects')
  const ended = expect(dialled).rejects.toThrow('enough')
  while (signals.length < 2) await new Promise(setImmediate)
  controller.abort(new Error('enough'))
  await ended
  expect(signals).toHaveLength(2)
})

it('is aborted with the outer dial', async () => {
  const { dialled, signals, controller } = dialling('hangs', 'connects')
  controller.abort(new Error('enough'))
  await expect(dialled).rejects.toThrow('enough')
  expect(signals).toHaveLength(1)
})
