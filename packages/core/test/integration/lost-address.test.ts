/** The local address of a real connection, which is an internal of libp2p. */
import { networkInterfaces } from 'node:os'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { expect, it, vi } from 'vitest'
import { hasLostAddress } from '../../src/libp2p/node/lost-address.ts'

vi.mock('node:os', async original => {
  const os = await original<typeof import('node:os')>()
  return { ...os, networkInterfaces: vi.fn(os.networkInterfaces) }
})

const createNode = () =>
  createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
  })

it('both ends of a connection have lost their address when the computer has it no more', async () => {
  const [here, there] = [await createNode(), await createNode()]
  const connection = await here.dial(there.getMultiaddrs())
  const [inbound] = await vi.waitUntil(() => {
    const connections = there.getConnections()
    return connections.length > 0 && connections
  })
  const ends = [connection, inbound].filter(end => end !== undefined)
  expect(ends.map(hasLostAddress)).toEqual([false, false])
  vi.mocked(networkInterfaces).mockReturnValue({})
  expect(ends.map(hasLostAddress)).toEqual([true, true])
  await Promise.all([here.stop(), there.stop()])
})
