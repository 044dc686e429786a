import { systemClock } from '@hearsay/core/app'
import { beforeEach, describe, expect, it } from 'vitest'
import { ViewQueue } from '../src/served/view-queue.ts'
import { ViewSubscriptions } from '../src/served/view-subscriptions.ts'

let left: string[]
let subscriptions: ViewSubscriptions
beforeEach(() => {
  left = []
  subscriptions = new ViewSubscriptions(new ViewQueue(systemClock, () => {}))
})

const spaceOf = (name: string) => ({ name, leave: () => void left.push(name) })
const open = async (number: number, name = 'flags', enter = async () => spaceOf(name)) =>
  (await subscriptions.open({ number, name }, enter)).name

describe('a room or config of a view', () => {
  it('is left when the view closes its number, after everything else that belongs to the number has ended', async () => {
    await open(1)
    subscriptions.onClose(1, () => left.push('presence'))
    subscriptions.close(1)
    expect(left).toEqual(['presence', 'flags'])
    subscriptions.close(1)
    expect(left).toHaveLength(2)
  })

  it('is left if the view closes the number while it is being opened', async () => {
    const opening = open(1)
    subscriptions.close(1)
    await expect(opening).rejects.toThrow("the view has left 'flags' already")
    expect(left).toEqual(['flags'])
    expect(await open(1)).toBe('flags')
  })

  it('is left if the view ends while it is being opened', async () => {
    const opening = open(1)
    subscriptions.end()
    await expect(opening).rejects.toThrow('already')
    expect(left).toEqual(['flags'])
    await expect(open(2)).rejects.toThrow('the view has ended')
  })

  it.each([0, -1, 1.5, Number.NaN, 1])('has no number that is wrong or in use: %d', async number => {
    await open(1)
    await expect(open(number)).rejects.toThrow('the number is in use')
    subscriptions.end()
    expect(left).toEqual(['flags'])
  })

  it('does not use up its number if it cannot be opened', async () => {
    await expect(open(1, 'flags', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await open(1)).toBe('flags')
  })

  it('is refused beyond 256', async () => {
    subscriptions.onClose(0, () => {})
    for (let number = 1; number <= 256; number++) await open(number, `${number}`)
    await expect(open(257)).rejects.toThrow('256 open already')
  })
})
