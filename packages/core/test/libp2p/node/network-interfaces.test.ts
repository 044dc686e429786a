import { networkInterfaces } from 'node:os'
import type { Listener } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, it, vi } from 'vitest'
import { onNetworkChange } from '../../../src/libp2p/node/network-change-detector.ts'
import { keepAddresses, readInterfaces } from '../../../src/libp2p/node/network-interfaces.ts'

vi.mock('node:os', { spy: true })

const noDescriptors = () => {
  throw new Error('uv_interface_addresses returned Unknown system error 24')
}

it('the last known interfaces remain valid while the system cannot list them', () => {
  vi.useFakeTimers()
  const known = readInterfaces()
  expect(Object.keys(known ?? {})).not.toEqual([])
  const changed = vi.fn()
  const stop = onNetworkChange(changed)
  vi.mocked(networkInterfaces).mockImplementation(noDescriptors)
  expect(readInterfaces()).toEqual(known)
  vi.advanceTimersByTime(10_000)
  expect(changed).not.toHaveBeenCalled()
  stop()
  vi.useRealTimers()
})

it('a listener keeps its last known addresses', () => {
  const addresses = [multiaddr('/ip4/192.0.2.1/tcp/4001')]
  const getAddrs = vi.fn<Listener['getAddrs']>(() => addresses)
  const listener = { getAddrs } as unknown as Listener
  keepAddresses(listener)
  expect(listener.getAddrs()).toBe(addresses)
  getAddrs.mockImplementation(noDescriptors)
  expect(listener.getAddrs()).toBe(addresses)
})
