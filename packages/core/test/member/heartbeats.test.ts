import { expect, it } from 'vitest'
import { heartbeatIntervalMs } from '../../src/member/heartbeats.ts'

it.each([
  [1, 5_000],
  [10, 5_000],
  [11, 5_500],
  [32, 16_000],
  [120, 60_000],
  [1_200, 600_000],
  [10_000, 600_000],
])('with %i members, each member sends a heartbeat every %i ms', (members, intervalMs) => {
  expect(heartbeatIntervalMs(members)).toBe(intervalMs)
})
