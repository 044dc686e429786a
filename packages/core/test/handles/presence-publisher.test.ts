import { beforeEach, describe, expect, it } from 'vitest'
import { LocalPresence } from '../../src/handles/local-presence.ts'
import { PresencePublisher, presenceIntervalMs } from '../../src/handles/presence-publisher.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

let clock: ManualClock
let presence: LocalPresence
let publisher: PresencePublisher
let sent: [ms: number, ...names: string[]][]
let members: number

beforeEach(() => {
  clock = new ManualClock()
  sent = []
  members = 2
  const notifications = new AppNotifications(clock)
  presence = new LocalPresence(notifications)
  const publish = (_: string, bodies: readonly { type: string; name?: string }[]) => {
    sent.push([clock.nowMs, ...bodies.map(({ name = '' }) => name)])
  }
  const list = { getSnapshot: () => new Array(members).fill(0), subscribe: () => () => {} }
  publisher = new PresencePublisher({ space: 's', driver: { publish }, notifications }, presence, list)
})

describe('a presence publisher', () => {
  it('sends the first change at once, and later ones together', async () => {
    publisher.set({ a: 1 })
    publisher.set({ a: 2 })
    publisher.set({ b: 1 })
    await clock.pass(1_000)
    expect(sent).toEqual([
      [0, 'a'],
      [50, 'a', 'b'],
    ])
  })

  it('sends less often in a room of many members', async () => {
    members = 100
    expect(presenceIntervalMs(100)).toBe(250)
    publisher.set({ a: 1 })
    publisher.set({ a: 2 })
    await clock.pass(1_000)
    expect(sent.map(([ms]) => ms)).toEqual([0, 250])
  })

  it('sends nothing for an equal value', async () => {
    publisher.set({ a: 1 })
    publisher.set({ a: 1 })
    await clock.pass(1_000)
    expect(sent.length).toBe(1)
  })

  it('changes and sends nothing after it was stopped', async () => {
    publisher.set({ a: 1 })
    publisher.set({ a: 2 })
    publisher.stop()
    publisher.set({ a: 3 })
    await clock.pass(1_000)
    expect(sent.length).toBe(1)
    expect(presence.store.getSnapshot()).toEqual({ a: 2 })
  })
})
