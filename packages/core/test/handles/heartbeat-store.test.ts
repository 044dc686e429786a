import { expect, it } from 'vitest'
import { HeartbeatStore } from '../../src/handles/heartbeat-store.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

it('refreshes heartbeats every second while it has a listener, until the member has left', async () => {
  const clock = new ManualClock()
  let looks = 0
  const store = new HeartbeatStore(
    () => undefined,
    new AppNotifications(clock),
    () => {
      looks += 1
    },
  )
  store.start()
  const nothing = () => {}
  const stops = [store.subscribe(nothing), store.subscribe(nothing)]
  stops[0]?.()
  await clock.pass(3_000)
  expect(looks).toBe(3)
  stops[1]?.()
  await clock.pass(3_000)
  expect(looks).toBe(3)
  store.subscribe(nothing)
  await clock.pass(1_000)
  expect(looks).toBe(4)
  store.stop()
  store.subscribe(nothing)
  await clock.pass(3_000)
  expect(looks).toBe(4)
  // The node was started again, and earlier listeners are still subscribed.
  store.start()
  await clock.pass(1_000)
  expect(looks).toBe(5)
})
