import type { NetworkInterfaceInfo } from 'node:os'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { onNetworkChange } from '../../../src/libp2p/node/network-change-detector.ts'

const pollMs = 2_000
const ethernet = (address: string, mac = '02:00:00:00:00:01'): NetworkInterfaceInfo => ({
  address,
  cidr: `${address}/24`,
  mac,
  netmask: '255.255.255.0',
  family: 'IPv4',
  internal: false,
})

let interfaces: Record<string, NetworkInterfaceInfo[]>
let changes: number
let stop: () => void

beforeEach(() => {
  vi.useFakeTimers()
  interfaces = { eth0: [ethernet('10.9.0.1')] }
  changes = 0
  const changed = () => {
    changes += 1
  }
  stop = onNetworkChange(changed, () => interfaces)
})

afterEach(() => {
  stop()
  vi.useRealTimers()
})

const changesAfter = (next: typeof interfaces): number => {
  interfaces = next
  vi.advanceTimersByTime(pollMs)
  return changes
}

it('detects added, removed and changed addresses, and nothing else', () => {
  expect(changesAfter({ ...interfaces })).toBe(0)
  expect(changesAfter({ eth0: [ethernet('10.9.0.1'), ethernet('10.9.0.77')] })).toBe(1)
  expect(changesAfter({ eth0: [ethernet('10.9.0.77'), ethernet('10.9.0.1')] })).toBe(1)
  expect(changesAfter({ eth0: [ethernet('10.9.0.77')] })).toBe(2)
  expect(changesAfter({})).toBe(3)
})

it('detects an interface that was replaced by another one with the same address', () => {
  expect(changesAfter({ eth0: [ethernet('10.9.0.1', '02:00:00:00:00:02')] })).toBe(1)
})

it('stops polling when it is stopped', () => {
  stop()
  expect(changesAfter({})).toBe(0)
})
